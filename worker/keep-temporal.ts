import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { provideTemporal } from './temporal.ts';
import type { TemporalOptions, TemporalServer } from './temporal-server.ts';
import { startTemporal } from './temporal-server.ts';

/** A Temporal that stays: one of our own is started again, on the same file and port, should it die. */
export interface KeptTemporal {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly isOwn: boolean;
  stop(): Promise<void>;
}

/** The pause between two tries to start a server that died. */
const restartAfterMs = 1_000;

/** Provides a Temporal and keeps it running; workers and clients reconnect by themselves. */
export async function keepTemporal(
  options: TemporalOptions & { address: string | undefined; port: number; trouble: Logger },
): Promise<KeptTemporal> {
  const provided = await provideTemporal(options);
  const { address, uiUrl, own } = provided;
  if (own === null) return { address, uiUrl, isOwn: false, stop: () => provided.stop() };
  let isStopping = false;
  let server: TemporalServer = own;
  const port = Number(new URL(`http://${address}`).port);
  const uiPort = uiUrl === null ? undefined : Number(new URL(uiUrl).port);
  const again = { ...options, port, ...(uiPort === undefined ? {} : { uiPort }) };
  const watch = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      if (isStopping) return;
      options.trouble.warn('Temporal ended and is started again');
      await restarted();
    }
  };
  const restarted = async (): Promise<void> => {
    while (!isStopping) {
      try {
        server = await startTemporal(again);
        if (isStopping) await server.stop();
        return;
      } catch (error) {
        options.trouble.error({ err: error }, 'Temporal could not be started again');
        await pause(restartAfterMs);
      }
    }
  };
  const watching = watch();
  return {
    address,
    uiUrl,
    isOwn: true,
    async stop() {
      isStopping = true;
      await server.stop();
      await watching;
    },
  };
}
