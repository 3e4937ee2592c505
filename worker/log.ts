import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import { pino } from 'pino';
import type { Level, Logger } from 'pino';

/** Where a secret could stand in what is logged; the list is a net below the rule that none is logged at all. */
const redacted = [
  'authorization',
  '*.authorization',
  'headers["stripe-signature"]',
  '*.headers.authorization',
  '*.headers["stripe-signature"]',
  'err.headers',
  'err.raw.headers',
  '*.clientSecret',
  '*.client_secret',
  '*.email',
];

/** JSON lines on stderr, so that what a person or a script reads on stdout stays clean. */
export function createLog(level: Level | 'silent', name: string): Logger {
  return pino(
    { name, level, redact: { paths: redacted, censor: '[redacted]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Sends the Temporal SDK's own log lines into ours, once for each process and before anything connects. Signals stay
 * ours: a process ends its parts in its own order. What the SDK's core writes by itself begins at `core`.
 */
export function installRuntime(log: Logger, core: 'WARN' | 'ERROR' = 'WARN'): void {
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core }) } },
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      // What the SDK calls information is routine for an operator, and so is an attempt that failed and is repeated:
      // a story that needs somebody raises an alert.
      const isRoutine = level === 'INFO' || message === 'Activity failed';
      const ours = isRoutine ? 'debug' : levels[level];
      log[ours]({ temporal: meta }, message);
    }),
  });
}
