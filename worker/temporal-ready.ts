import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';

/** The namespace every part of Holdfast uses unless the environment names another. */
const namespace = 'default';

/**
 * Answers when the server is healthy and has its namespace with every search attribute, adding those an older file lacks;
 * rejects with the signal's reason once that is aborted.
 */
export async function untilReady(
  address: string,
  searchAttributes: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await check(address, searchAttributes);
      return;
    } catch (error) {
      // A server that is starting refuses or does not know its namespace yet: the reason matters only when time is up.
      if (signal.aborted) throw new Error(String(signal.reason), { cause: error });
      await pause(100);
    }
  }
}

async function check(address: string, searchAttributes: Readonly<Record<string, string>>): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      await connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' });
      await connection.workflowService.describeNamespace({ namespace });
      await addSearchAttributes(connection, searchAttributes);
    });
  } finally {
    await connection.close();
  }
}

/** Makes sure that the namespace knows these search attributes; those it has already are left alone. */
export async function addSearchAttributes(
  connection: Connection,
  searchAttributes: Readonly<Record<string, string>>,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedType(type)])),
  });
}

function indexedType(type: string): temporal.api.enums.v1.IndexedValueType {
  const wanted = `INDEXED_VALUE_TYPE_${type.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`;
  const types: Readonly<Record<string, unknown>> = proto.temporal.api.enums.v1.IndexedValueType;
  const found = types[wanted];
  if (typeof found !== 'number') throw new Error(`No search attribute type is called ${type}`);
  return found;
}
