import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { isAlive } from '../../worker/process-alive.ts';

// `npm start` as a person lives it: started, asked, stopped, killed, started again. Each life is a real process.

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
const children = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of children) await ended(child, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Instance {
  readonly api: string;
  readonly temporal: string;
  readonly pid: number;
  readonly tokens: Record<'app' | 'admin', string>;
}

const instanceFile = join(folder, 'instance.json');
const free = { PORT: '0', HOLDFAST_STRIPE_PORT: '0', HOLDFAST_TEMPORAL_PORT: '0' };

function launch(variables: Record<string, string> = free): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, HOLDFAST_DATA_DIR: folder, ...variables };
  const child = spawn(process.execPath, ['bootstrap.mjs', 'start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (text += String(part)));
  return { child, output: () => text };
}

async function ready({ child, output }: ReturnType<typeof launch>): Promise<Instance> {
  const giveUpAtMs = Date.now() + 60_000;
  while (!output().includes('Next:')) {
    if (child.exitCode !== null || Date.now() > giveUpAtMs) throw new Error(`It did not start:\n${output()}`);
    await pause(50);
  }
  return JSON.parse(readFileSync(instanceFile, 'utf8')) as Instance;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

async function ask<Answer>(
  { api, tokens }: Instance,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${tokens.admin}`,
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
  };
  const answer = await fetch(api + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.ok, text).toBe(true);
  return JSON.parse(text) as Answer;
}

it(
  'loses no lesson and no travelled time when it is killed, and ends within 15 seconds of Ctrl-C',
  { timeout: 180_000 },
  async () => {
    const first = launch();
    const before = await ready(first);
    expect(statSync(instanceFile).mode & 0o777).toBe(0o600);
    await ask(before, 'POST', '/api/accounts', {
      id: 'tut',
      email: 't@example.org',
      country: 'US',
      type: 'express',
      onboarded: true,
    });
    const { now } = await ask<{ now: string }>(before, 'GET', '/_dev/clock');
    const at = (hours: number) => new Date(Date.parse(now) + hours * 3_600_000).toISOString();
    const lesson = {
      amount: 450,
      currency: 'usd',
      startsAt: at(2),
      endsAt: at(3),
      tutor: { id: 't', account: 'tut' },
    };
    await ask(before, 'POST', '/api/lessons', {
      id: 'les_1',
      ...lesson,
      student: { id: 's', paymentMethod: 'pm_card_visa' },
    });
    await ask(before, 'POST', '/_dev/travel', { by: 'PT2H5M' });
    await ask(before, 'POST', '/api/lessons/les_1/join', { party: 'tutor' });
    await ended(first.child, 'SIGKILL');
    expect(existsSync(instanceFile)).toBe(true);

    const second = launch();
    const after = await ready(second);
    const clock = await ask<{ now: string }>(after, 'GET', '/_dev/clock');
    expect(clock.now > at(2)).toBe(true);

    const twin = launch();
    const [code] = (await once(twin.child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(twin.output()).toContain(`already runs on ${folder}`);

    await ask(after, 'POST', '/_dev/travel', { by: 'P3D' });
    const { payment } = await ask<{ payment: Record<string, number> }>(after, 'GET', '/api/lessons/les_1');
    expect(payment).toMatchObject({ captured: 450, feeEarned: 90, paidOut: 360 });

    const begun = Date.now();
    expect(await ended(second.child, 'SIGINT')).toBe(0);
    expect(Date.now() - begun).toBeLessThan(15_000);
    expect(existsSync(instanceFile)).toBe(false);
    expect(isAlive(after.pid)).toBe(false);
  },
);

it('names every port that is taken, and how to choose another', async () => {
  const { createServer } = await import('node:net');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const run = launch({ ...free, PORT: String(port), HOLDFAST_STRIPE_PORT: String(port) });
  const [code] = (await once(run.child, 'exit')) as [number];
  taken.close();
  expect(code).toBe(1);
  expect(run.output()).toContain(`${port} (PORT) and ${port} (HOLDFAST_STRIPE_PORT)`);
});

it('says everything that is wrong with its configuration before it starts anything', async () => {
  const run = launch({ PORT: 'x', STRIPE_SECRET_KEY: 'rk_live_abc', LOG_LEVEL: 'loud' });
  const [code] = (await once(run.child, 'exit')) as [number];
  expect(code).toBe(1);
  for (const name of ['PORT', 'LOG_LEVEL']) expect(run.output()).toContain(name);
  expect(run.output()).not.toContain('rk_live_abc');
});
