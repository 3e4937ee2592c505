import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Planted } from './planted.ts';

/** What came of one planted bug. */
export interface Caught {
  /** The invariants that noticed it, in the order in which they were told; none for a survivor. */
  readonly by: readonly string[];
  readonly seed: string;
  readonly lives: number;
}

const root = join(import.meta.dirname, '../..');

/** What a process imports first so that it has this bug. */
function planting({ pieces }: Planted): string {
  const hooks = pathToFileURL(join(import.meta.dirname, 'plant.mjs')).href;
  const data = pieces.map(({ file, ...piece }) => ({ ...piece, path: join(root, file) }));
  const code = `import { register } from 'node:module'; register(${JSON.stringify(hooks)}, { data: ${JSON.stringify(data)} });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Four hundred lives take half a minute; a bug that leads a story round in circles is ended and counts as a survivor. */
const endsWithinMs = 180_000;

/** The last line of a simulation that found something. */
const lastWord = /^batch \S+; the same again/m;

interface Told {
  readonly status: number | null;
  /** It was ended, since it went on and on. */
  readonly isEndless: boolean;
  readonly out: string;
}

/** Lives random lives in a process that has this bug, and answers what it wrote. The loader is registered first, so that it is asked last. */
function live(bug: Planted, seed: string, lives: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asked = ['--seed', seed, '--lives', String(lives), '--kinds', bug.kinds];
    const loaders = ['--import', planting(bug), '--import', 'tsx'];
    const child = spawn(process.execPath, [...loaders, 'proof/simulate/main.ts', ...asked], { cwd: root });
    let out = '';
    let isEndless = false;
    const patience = setTimeout(() => {
      isEndless = true;
      child.kill('SIGKILL');
    }, endsWithinMs);
    const hear = (chunk: Buffer): void => {
      out += chunk.toString();
      // A world that broke may leave loose ends that wait for ever; it has said what there was to say.
      if (lastWord.test(out)) child.kill();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(patience);
      resolve({ status, isEndless, out });
    });
  });
} // prettier-ignore

/** What the house's own books say where a fact would make them untrue (domain/payment/books.ts): M3's identity and M4's bounds, seen before anything is written. */
const refusedByBooks: readonly (readonly [invariant: string, words: RegExp])[] = [
  ['M3', /Broken invariant: (?:more left the platform|\w+ is -?\d)/],
  ['M4', /Broken invariant: (?:captured|reversed|paid out) /],
];

const named = (invariant: string, message: string): string =>
  refusedByBooks.find(([, words]) => invariant === 'bug' && words.test(message))?.[0] ?? invariant;

/** Node's own word for a program that waits for what can no longer come: the bug has brought the world to a stop. */
const standstill = 13;

/** Lives until the bug is noticed or enough was lived. A process that ends otherwise than by a broken claim is an error. */
export async function hunt(bug: Planted, seed: string, most: number): Promise<Caught> {
  const { status, isEndless, out } = await live(bug, seed, most);
  const lives = Number(/^(\d+) lives of seed/m.exec(out)?.[1] ?? 0);
  if (status === 0 || isEndless) return { by: [], seed, lives };
  if (status === standstill) return { by: ['bug'], seed, lives };
  const told = [...out.matchAll(/^BROKEN (\S+) (.*)$/gm)];
  const by = [...new Set(told.map(([, invariant = '', message = '']) => named(invariant, message)))];
  if (by.length === 0) throw new Error(`"${bug.name}" ended the simulation: ${out.slice(0, 2_000)}`);
  return { by, seed, lives };
}

/** Whether one of those that were expected to notice it did. */
export const isExpected = ({ expect }: Planted, { by }: Caught): boolean =>
  by.some((one) => expect.includes(one));
