import { Connection } from '@temporalio/client';
import { addSearchAttributes } from './temporal-ready.ts';
import { startTemporal } from './temporal-server.ts';
import type { TemporalOptions, TemporalServer } from './temporal-server.ts';

/** A Temporal to work with: one that was running already, or a dev server of our own. */
export type ProvidedTemporal = Pick<TemporalServer, 'address' | 'uiUrl' | 'stop'> & {
  own: TemporalServer | null;
};

/**
 * The one way to a Temporal for start, demo and tests: the server at `address` (TEMPORAL_ADDRESS) where one is named, else a dev server of our own.
 * Either way the search attributes are there when it answers; stopping ends only what was started here.
 */
export async function provideTemporal(
  options: TemporalOptions & { address: string | undefined },
): Promise<ProvidedTemporal> {
  const { address } = options;
  if (!address) {
    const own = await startTemporal(options);
    return { address: own.address, uiUrl: own.uiUrl, stop: own.stop, own };
  }
  const connection = await Connection.connect({ address, connectTimeout: 10_000 }).catch((error: unknown) => {
    throw new Error(
      `No Temporal server answers at ${address} (TEMPORAL_ADDRESS). Fix: start it, or unset TEMPORAL_ADDRESS.`,
      { cause: error },
    );
  });
  try {
    await addSearchAttributes(connection, options.searchAttributes);
  } finally {
    await connection.close();
  }
  return { address, uiUrl: null, stop: () => Promise.resolve(), own: null };
}
