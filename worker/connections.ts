import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

/** Where Temporal is, as its own environment variables and configuration file say; `address` null: nothing is named. */
export interface TemporalPlace {
  readonly address: string | null;
  readonly namespace: string;
  readonly options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/** Reads every TEMPORAL_* variable the way Temporal's own tools do; Holdfast invents none. */
export function temporalPlace(): TemporalPlace {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    address: connectionOptions.address ?? null,
    namespace: namespace ?? 'default',
    options: connectionOptions,
  };
}

/** A client that connects when it is first used, so that an API starts also while Temporal is away. */
export function lazyClient(place: TemporalPlace, address: string): Client {
  const connection = Connection.lazy({ ...place.options, address });
  return new Client({ connection, namespace: place.namespace });
}

/** The worker's connection; answers when Temporal does. */
export function nativeConnection(place: TemporalPlace, address: string): Promise<NativeConnection> {
  return NativeConnection.connect({ ...place.options, address });
}
