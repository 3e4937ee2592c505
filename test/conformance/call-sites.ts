import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type Stripe from 'stripe';

const root = resolve(import.meta.dirname, '../..');

/** The rooms whose code talks to Stripe. */
const callers = ['activities', 'api', 'store', 'worker'];

/** Every place in our code that calls Stripe, as `file:line resource.method`, with as many resources as the call goes through. */
export function callSites(): string[] {
  return callers.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => sitesIn(join(room, file))),
  );
}

function sitesIn(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/\bstripe((?:\s*\.\s*\w+){2,})\s*\(/g)].map((call) => {
    const [text, path = ''] = call;
    const names = path.split('.').map((name) => name.trim());
    const line = source.slice(0, call.index + text.lastIndexOf(names.at(-1) ?? '')).split('\n').length;
    return `${file}:${line} ${names.slice(1).join('.')}`;
  });
}

/** The SDK, noting in `sites` which place in our code made each call, in the words of `callSites`. */
export function noting(stripe: Stripe, sites: Set<string>): Stripe {
  return new Proxy(stripe, {
    get(sdk, resource) {
      const held: unknown = Reflect.get(sdk, resource);
      return typeof held === 'object' && held !== null ? noted(held, String(resource), sites) : held;
    },
  });
}

const noted = (resource: object, name: string, sites: Set<string>): object =>
  new Proxy(resource, {
    get(target, method) {
      const held: unknown = Reflect.get(target, method);
      const called = `${name}.${String(method)}`;
      if (typeof held === 'object' && held !== null) return noted(held, called, sites);
      if (typeof held !== 'function') return held;
      return (...given: unknown[]): unknown => {
        sites.add(`${placeOf(new Error('only its stack is wanted'))} ${called}`);
        return Reflect.apply(held, target, given);
      };
    },
  });

/** The first place on the stack that is our own production code. */
function placeOf({ stack = '' }: Error): string {
  const places = [...stack.matchAll(/(?:file:\/\/)?(\/[^\s():]+):(\d+):\d+/g)].map(
    ([, file = '', line = '']) => `${relative(root, file)}:${line}`,
  );
  return places.find((place) => callers.some((room) => place.startsWith(`${room}/`))) ?? 'nowhere of ours';
}
