import { canonicalJson } from '../../../store/canonical-json.ts';
import { iso } from '../../../domain/time.ts';
import { shown } from '../amounts.ts';
import type { Case, Cases, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { grouped } from '../grouped.ts';
import type { LoggedRequest, Violation } from '../run.ts';

/** Paths whose writes are ours to journal: they move money, or make what money moves by. */
const journalled =
  /^\/v1\/(payment_intents|refunds|transfers|payouts|setup_intents|customers|checkout\/sessions|disputes)(\/|$)/;

/** The operation and the generation that an idempotency key of ours names. */
function partsOf(key: string | null): { readonly operation: string; readonly generation: number } | null {
  const [, operation, generation] = /^(.+):(\d+)$/.exec(key ?? '') ?? [];
  return operation === undefined ? null : { operation, generation: Number(generation) };
} // prettier-ignore

const stampIn = ({ params }: LoggedRequest): string | null => {
  const { metadata } = params as { metadata?: Readonly<Record<string, unknown>> };
  return typeof metadata?.['workflow_id'] === 'string' ? metadata['workflow_id'] : null;
};

/** M13: every write at Stripe follows a committed intent of the same key. */
export const intentFirst: Invariant = (all) => {
  const { run, stories } = all;
  const intents = new Map(run.store.operations.map((one) => [one.key, one]));
  return (run.requests ?? []).flatMap((request): Violation[] => {
    const { id, at, method, path, idempotencyKey: key } = request;
    if (method !== 'POST' || !journalled.test(path)) return [];
    const parts = partsOf(key);
    const owner = ownerOf(request, all);
    // Somebody else's request at an account that others use too, or of a story that is not looked at.
    if (owner === null ? !(run.whole && run.stripe.exclusive) : !stories.has(owner)) return [];
    const asked = `${id} asked for POST ${path} at ${iso(at)} under ${key ?? 'no key'}`;
    const told = (what: string) => [broken('M13', owner ?? id, `${asked}, ${what}`)];
    const intent = intents.get(parts?.operation ?? '');
    if (intent === undefined) return told('which no intent names');
    const latest = at + run.clockSkewMs + (run.leapMs ?? 0);
    if (intent.createdAt > latest) return told(`its intent is of ${iso(intent.createdAt)}`);
    const { generation = 1 } = parts ?? {};
    return generation > intent.generation ? told(`the intent is at generation ${intent.generation}`) : [];
  });
};

/** Whose request it was: by its key, else by the stamp it put on what it made. */
function ownerOf(request: LoggedRequest, { stories }: Cases): string | null {
  const parts = partsOf(request.idempotencyKey);
  const named = parts?.operation.split(':').slice(0, 2).join(':') ?? '';
  return stories.has(named) ? named : stampIn(request);
}

const sameRequest = ({ method, path, params }: LoggedRequest): string =>
  canonicalJson({ method, path, params });

/**
 * M14: a key stands for one request for ever, another generation of it begins only after a look at Stripe, and another
 * operation of its kind only once it is known what came of it.
 */
export const keyDiscipline: Invariant = (all) => [...renewedBlindly(all), ...all.cases.flatMap(madeAnew)];

const renewedBlindly: Invariant = (all) => {
  const { run, stories, requestsByKey } = all;
  const requests = run.requests ?? [];
  const reads = requests.filter(({ method }) => method === 'GET').map(({ at }) => at);
  const renewed = grouped(
    run.store.audit.filter(({ action }) => action === 'new_generation'),
    ({ operationKey }) => operationKey,
  );
  const found: Violation[] = [];
  for (const [key, own] of requestsByKey) {
    const [first] = own;
    if (first === undefined) continue;
    const owner = ownerOf(first, all);
    if (owner === null || !stories.has(owner)) continue;
    const m14 = (what: string) => found.push(broken('M14', owner, what));
    const other = own.find((one) => sameRequest(one) !== sameRequest(first));
    if (other !== undefined)
      m14(`${key} stood for one request in ${first.id} and for another in ${other.id}`);
    const parts = partsOf(key);
    if (parts === null || parts.generation === 1) continue;
    const { operation, generation } = parts;
    const isNoted = (renewed.get(operation) ?? []).some(({ after }) => generationIn(after) === generation);
    if (!isNoted) m14(`${key} is a new generation that nobody wrote down`);
    const before = requestsByKey.get(`${operation}:${generation - 1}`)?.at(-1);
    if (before !== undefined && !hasReadBetween(reads, before.at, first.at))
      m14(`${key} followed ${before.id} without a look at Stripe between them`);
  }
  return found;
};

const generationIn = (document: unknown): number | null =>
  (document as { generation?: number } | null)?.generation ?? null;

/** Moves that make something of their own: one that is made again may stand beside the first. The status of a payment guards the others. */
const making: ReadonlySet<string> = new Set(['createCustomer', 'saveCard', 'authorize', 'openCheckout', 'refund', 'transfer', 'reverse', 'payOut']); // prettier-ignore

/** A move that was begun under a new name while an older one of its kind may still have made, or make, its effect. */
function madeAnew({ workflowId, audit, operations, currency, state }: Case): Violation[] {
  const byKey = new Map(operations.map((one) => [one.key, one]));
  const open = new Map<string, string>();
  const found: Violation[] = [];
  for (const { action, operationKey: key, at } of audit) {
    const { kind, params } = byKey.get(key ?? '') ?? {};
    if (key === null || kind === undefined || !making.has(kind)) continue;
    const before = open.get(kind);
    if (action === 'effect' || action === 'no_effect') {
      if (before === key) open.delete(kind);
    } else if (action === 'intent') {
      open.set(kind, key);
      // A payout may be given up by a person while nobody knows of it: what it moves is the payee's own.
      const isGivenUp = state.story.some((line) => line.what === 'Step skipped' && line.at <= at);
      if (before === undefined || (kind === 'payOut' && isGivenUp)) continue;
      const { amount = 0 } = params as { amount?: number };
      const what = `${key} of ${shown(amount, currency)} was begun at ${iso(at)} while nobody knew what came of ${before}`;
      found.push(broken('M14', workflowId, what));
    }
  }
  return found;
}

/** The reads are in the order of their time, so that one is found without going through all. */
function hasReadBetween(reads: readonly number[], from: number, to: number): boolean {
  let [low, high] = [0, reads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reads[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return (reads[low] ?? Infinity) <= to;
}
