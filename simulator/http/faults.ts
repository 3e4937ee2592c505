import type { World } from '../core/world.ts';
import type { FormGroup, FormValue } from './form.ts';

/** What can go wrong with a request on purpose. */
export type Fault =
  | { kind: 'drop_before' }
  | { kind: 'drop_after' }
  | { kind: 'cut_body_after' }
  | { kind: 'status_before'; status: number; body?: unknown; shouldRetry?: boolean }
  | { kind: 'status_after'; status: number; shouldRetry?: boolean }
  | { kind: 'delay'; ms: number }
  | { kind: 'rate_limit'; shouldRetry?: boolean }
  | { kind: 'lock_timeout'; shouldRetry?: boolean }
  | { kind: 'key_in_use' }
  | { kind: 'stale_list'; seconds?: number };

export const faultKinds = [
  'drop_before',
  'drop_after',
  'cut_body_after',
  'status_before',
  'status_after',
  'delay',
  'rate_limit',
  'lock_timeout',
  'key_in_use',
  'stale_list',
] as const satisfies Fault['kind'][];

/** A fault that waits for its request: it skips the first `nth - 1` matches, then strikes `times` times. */
export interface ArmedFault {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly account: string | null;
  /** What the request's own parameters must have, or null for anything. */
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly nth: number;
  readonly times: number;
  readonly seen: number;
  readonly struck: number;
  readonly fault: Fault;
}

const patterns = new Map<string, RegExp>();

const patternOf = (path: string): RegExp => {
  const known = patterns.get(path);
  if (known !== undefined) return known;
  const escaped = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${escaped.join('.*')}$`);
  patterns.set(path, pattern);
  return pattern;
};

/** A request as far as a fault looks at it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly account: string | null;
  readonly params: FormGroup;
}

const has = (given: FormValue | undefined, wanted: unknown): boolean =>
  typeof wanted === 'object' && wanted !== null
    ? typeof given === 'object' && Object.entries(wanted).every(([name, value]) => has(given[name], value))
    : given === String(wanted);

const matches = (armed: ArmedFault, { method, path, account, params }: Asked): boolean =>
  (armed.method === '*' || armed.method === method) &&
  patternOf(armed.path).test(path) &&
  (armed.account === null || armed.account === account) &&
  (armed.params === null || has(params, armed.params));

/** The first armed fault that strikes this request. Faults are tried in the order they were armed; a spent one lets the next speak. */
export const strike = (world: World, asked: Asked): Fault | undefined => {
  if (world.tables.faults.size === 0) return undefined;
  for (const armed of world.tables.faults.values()) {
    if (armed.struck >= armed.times || !matches(armed, asked)) continue;
    const seen = armed.seen + 1;
    if (seen < armed.nth) {
      world.tables.faults.patch(armed.id, { seen });
      continue;
    }
    world.tables.faults.patch(armed.id, { seen, struck: armed.struck + 1 });
    return armed.fault;
  }
  return undefined;
};
