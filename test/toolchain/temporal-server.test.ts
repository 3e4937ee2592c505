import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../worker/process-alive.ts';
import { startTemporal } from '../../worker/temporal-server.ts';
import type { TemporalServer } from '../../worker/temporal-server.ts';

const searchAttributes = { SettlementState: 'Keyword', SettlesAt: 'Datetime' };
const silent = () => {};

let folder: string;
let servers: TemporalServer[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-temporal-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(dbFile?: string): Promise<TemporalServer> {
  const file = dbFile === undefined ? {} : { dbFile };
  const server = await startTemporal({ ...file, searchAttributes, headless: true, log: silent });
  servers.push(server);
  return server;
}

/** Another process that starts a server on the file and then waits, as `npm start` does. */
async function startElsewhere(dbFile: string): Promise<{ parent: number; server: number; address: string }> {
  const script = `
    import { startTemporal } from ${JSON.stringify(new URL('../../worker/temporal-server.ts', import.meta.url).href)};
    const server = await startTemporal(${JSON.stringify({ dbFile, searchAttributes, headless: true }).slice(
      0,
      -1,
    )}, log() {} });
    console.log(JSON.stringify({ parent: process.pid, server: server.pid, address: server.address }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return JSON.parse(line) as { parent: number; server: number; address: string };
}

async function withClient<Answer>(
  address: string,
  use: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const life = { workflowId: 'lesson:les_1', taskQueue: 'nobody' };

describe('the Temporal server of npm start', () => {
  it('keeps every sleeping agreement over a clean stop and the next start', async () => {
    const dbFile = join(folder, 'temporal.db');
    const first = await start(dbFile);
    await withClient(first.address, (client) => client.workflow.start('lesson', life));
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start(dbFile);
    const state = await withClient(second.address, (client) =>
      client.workflow.getHandle(life.workflowId).describe(),
    );
    expect(state.status.name).toBe('RUNNING');
  });

  it('ends with a parent that was killed, and the next start finds its agreements on the same file', async () => {
    const dbFile = join(folder, 'temporal.db');
    const killed = await startElsewhere(dbFile);
    await withClient(killed.address, (client) => client.workflow.start('lesson', life));
    process.kill(killed.parent, 'SIGKILL');

    const next = await start(dbFile);
    expect(isAlive(killed.server)).toBe(false);
    const state = await withClient(next.address, (client) =>
      client.workflow.getHandle(life.workflowId).describe(),
    );
    expect(state.status.name).toBe('RUNNING');
  });

  it('is not left behind by a parent that was killed and never came back', async () => {
    const killed = await startElsewhere(join(folder, 'temporal.db'));
    process.kill(killed.parent, 'SIGKILL');
    const giveUpAt = Date.now() + 10_000;
    while (isAlive(killed.server) && Date.now() < giveUpAt) await pause(50);
    expect(isAlive(killed.server)).toBe(false);
  });

  it('refuses a second living run on the same file, because two servers on one file lose agreements', async () => {
    const dbFile = join(folder, 'temporal.db');
    await start(dbFile);
    await expect(start(dbFile)).rejects.toThrow(/Another Holdfast .* Fix: /);
  });

  it('knows search attributes that were added after its file was made', async () => {
    const dbFile = join(folder, 'temporal.db');
    await (await start(dbFile)).stop();
    const later = await startTemporal({
      dbFile,
      searchAttributes: { ...searchAttributes, AmountMinor: 'Int' },
      headless: true,
      log: silent,
    });
    servers.push(later);
    const known = await withClient(later.address, (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    expect(Object.keys(known.customAttributes)).toEqual(
      expect.arrayContaining(['SettlementState', 'SettlesAt', 'AmountMinor']),
    );
  });

  it('says which port is taken and what to do instead of waiting for ever', async () => {
    const first = await start();
    const port = Number(first.address.split(':')[1]);
    await expect(startTemporal({ port, searchAttributes, headless: true, log: silent })).rejects.toThrow(
      new RegExp(`Port ${port} is taken .* HOLDFAST_TEMPORAL_PORT`),
    );
  });
});
