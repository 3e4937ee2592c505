import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { violations } from './architecture/violations.ts';

const root = resolve(import.meta.dirname, '..');
const notOurs = new Set(['node_modules', '.git', 'dist', 'data']);

/** Every file of the checkout; the source of those that are written by hand, an empty text for the rest. */
function checkout(folder = root): [path: string, source: string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : checkout(path);
    const name = relative(root, path).split(sep).join('/');
    const source = /\.(?:[mc]?[jt]s|md)$/.test(name) ? readFileSync(path, 'utf8') : '';
    return [[name, source]];
  });
}

const broken = (path: string, source: string) => violations(new Map([[path, source]]));

const long = 'export {};\n'.repeat(301);

/** One planted fault per rule: a rule that catches nothing here guards nothing. */
const planted: [rule: string, path: string, source: string][] = [
  ['domain knows no package', 'domain/money.ts', "import { z } from 'zod';"],
  ['domain knows no Node module', 'domain/money.ts', "import { createHash } from 'node:crypto';"],
  ['domain knows no other room', 'domain/money.ts', "import type { Journal } from '../store/journal.ts';"],
  ['domain knows no file of the root', 'domain/money.ts', "import version from '../package.json';"],
  [
    'workflows know no values of activities',
    'workflows/lesson.ts',
    "import { capture } from '../activities/capture.ts';",
  ],
  [
    'workflows know no mixed import of activities',
    'workflows/lesson.ts',
    "import { type A, b } from '../activities/a.ts';",
  ],
  ['workflows know no client', 'workflows/lesson.ts', "import { Client } from '@temporalio/client';"],
  ['workflows know no Node module', 'workflows/lesson.ts', "import { readFile } from 'node:fs/promises';"],
  ['workflows know no store', 'workflows/lesson.ts', "import { journal } from '../store/journal.ts';"],
  [
    'activities know no workflow',
    'activities/capture.ts',
    "import { lesson } from '../workflows/lesson.ts';",
  ],
  [
    'the API knows the contract only',
    'api/lessons.ts',
    "import type { lesson } from '../workflows/lesson.ts';",
  ],
  [
    'the API knows no activities',
    'api/lessons.ts',
    "import type { Capture } from '../activities/capture.ts';",
  ],
  ['the API knows no worker', 'api/lessons.ts', "import { config } from '../worker/config.ts';"],
  [
    'production knows no simulator',
    'activities/stripe.ts',
    "const sim = await import('../simulator/world.ts');",
  ],
  ['the worker knows no simulator', 'worker/run.ts', "import { createWorld } from '../simulator/world.ts';"],
  ['an entrypoint other than dev knows no simulator', 'worker/main.ts', "import '../simulator/world.ts';"],
  [
    'the simulator knows nothing of ours',
    'simulator/world.ts',
    "import type { Money } from '../domain/money.ts';",
  ],
  ['the store knows the domain only', 'store/journal.ts', "export { app } from '../api/app.ts';"],
  [
    'the domain knows no proof',
    'domain/lesson.ts',
    "import { coherent } from '../proof/coherent/coherent.ts';",
  ],
  [
    'the API knows no simulation',
    'api/verify.ts',
    "import { simulate } from '../proof/simulate/simulate.ts';",
  ],
  [
    'the checker asks no machine that it checks',
    'proof/coherent/gather.ts',
    "import { perform } from '../../activities/operation.ts';",
  ],
  [
    'the checker knows no simulator',
    'proof/coherent/gather.ts',
    "import { createWorld } from '../../simulator/world.ts';",
  ],
  ['the CLI knows no store', 'cli/status.ts', "import { openStore } from '../store/store.ts';"],
  ['nobody imports an entrypoint', 'test/start.test.ts', "import '../worker/dev.ts';"],
  ['nobody imports a room’s entrypoint', 'worker/dev.ts', "import { run } from '../simulator/main.ts';"],
  [
    'only configuration reads the environment',
    'api/app.ts',
    'export const key = process.env.STRIPE_SECRET_KEY;',
  ],
  ['the domain reads no clock', 'domain/lesson.ts', 'export const now = Date.now();'],
  ['the domain makes no date of now', 'domain/lesson.ts', 'export const now = new Date();'],
  ['no chance in stories', 'workflows/lesson.ts', 'export const id = Math.random();'],
  ['no floating point money', 'domain/money.ts', 'export const price = parseFloat(text);'],
  ['no rounding by text', 'domain/money.ts', 'export const price = amount.toFixed(2);'],
  ['no locale in stories', 'domain/time.ts', 'export const day = new Intl.DateTimeFormat();'],
  ['no timers beside the driver', 'workflows/lesson.ts', 'setTimeout(wake, 1000);'],
  ['no process in stories', 'workflows/lesson.ts', 'export const pid = process.pid;'],
  ['nothing from Stripe is trusted unseen', 'activities/stripe.ts', 'const intent = answer as any;'],
  ['no parameter is trusted unseen', 'api/webhooks.ts', 'const read = (event: any) => event;'],
  ['no file is longer than 300 lines', 'store/journal.ts', long],
  ['no document links to what is not there', 'docs/glossary.md', 'See [the map](../MAP.md#rooms).'],
];

const allowed: [promise: string, path: string, source: string][] = [
  [
    'workflows know activities by type',
    'workflows/lesson.ts',
    "import type { Capture } from '../activities/capture.ts';",
  ],
  ['the API reads the contract', 'api/lessons.ts', "import { taskQueue } from '../workflows/contract.ts';"],
  ['the API asks the checker', 'api/verify.ts', "import { coherent } from '../proof/coherent/coherent.ts';"],
  ['the checker reads rows', 'proof/coherent/run.ts', "import type { Facts } from '../../store/facts.ts';"],
  ['dev starts the simulator', 'worker/dev.ts', "import { startSimulator } from '../simulator/server.ts';"],
  ['an entrypoint wires rooms', 'api/main.ts', "import { readConfig } from '../worker/config.ts';"],
  [
    'a time turns into text',
    'domain/time.ts',
    'export const iso = (at: number) => new Date(at).toISOString();',
  ],
  ['prose may name what code may not', 'domain/time.ts', '// never Date.now() or process.env\nexport {};'],
  ['links inside a page', 'docs/glossary.md', 'See [above](#hold) and [Temporal](https://temporal.io).'],
];

describe('the house', () => {
  it('keeps every rule that it says it keeps', () => {
    expect(violations(new Map(checkout()))).toEqual([]);
  });

  it.each(planted)('would notice: %s', (_, path, source) => {
    expect(broken(path, source)).toHaveLength(1);
  });

  it.each(allowed)('allows: %s', (_, path, source) => {
    expect(broken(path, source)).toEqual([]);
  });

  it('bundles its workflows, so that no story waits for a worker that cannot load it', () => {
    const bundle = readFileSync(inject('workflowBundlePath'), 'utf8');
    const index = readFileSync(join(root, 'workflows/index.ts'), 'utf8');
    const exported = [...index.matchAll(/from '\.\/([\w-]+\.ts)'/g)].map(
      ([, file]) => `./workflows/${file ?? ''}`,
    );
    expect(exported).not.toEqual([]);
    expect(exported.filter((file) => !bundle.includes(file))).toEqual([]);
  });
});
