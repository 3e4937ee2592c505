import type { Logger } from 'pino';
import { createLog, installRuntime } from '../../worker/log.ts';

/** What the processes of a test write down: nothing, unless TEST_LOG asks for it. */
export const log: Logger = createLog(process.env['TEST_LOG'] === undefined ? 'silent' : 'debug', 'test');

let isInstalled = false;

/** Keeps the Temporal SDK's own log lines out of the tests' output; a process can be told so only once. */
export function hushTemporal(): void {
  if (!isInstalled) installRuntime(log, 'ERROR');
  isInstalled = true;
}
