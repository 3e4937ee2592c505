import { activityInfo } from '@temporalio/activity';
import { assertNever } from '../domain/errors.ts';
import type { JournalMove } from '../domain/payment/intent.ts';
import { intentOf } from '../domain/payment/intent.ts';
import type { MoveFact, MoveType } from '../domain/payment/moves.ts';
import { contentHash } from '../store/canonical-json.ts';
import type { Operation } from '../store/journal.ts';
import type { Session, Unit } from '../store/unit.ts';
import { adopt } from './adopt.ts';
import { answered, comeAgain, meaningOf } from './failures.ts';
import type { Outcome } from './outcome.ts';
import { closeMoot, factOf, finish, mootAfter } from './outcome.ts';
import type { StripeFailure } from './stripe-errors.ts';
import type { Ports, Story, Task } from './tasks.ts';

/** Everything a move needs: who asks, what was intended, and the two clocks' hands it may use. */
export interface Attempt<M extends JournalMove> {
  readonly ports: Ports;
  readonly workflowId: string;
  readonly move: M;
  /** The operation's key; also `metadata.operation` on what it creates. */
  readonly key: string;
  readonly task: Story;
  /** When the intent was committed: nothing of ours in Stripe is older. */
  readonly intendedAt: number;
  /** It was tried before, so what was looked at then may have changed since. */
  readonly isRetry: boolean;
}

/** One money move: how to find its effect, how to make it, and what a refusal means. */
export interface Verb<M extends JournalMove> {
  /** The world outside knows no idempotency keys: it is read before every try but the very first. */
  readonly readsFirst?: true;
  /** What has to be set aside in the same commit as the intent. */
  readonly reserve?: (attempt: Attempt<M>) => (session: Session) => Unit<void>;
  /** A reason not to try at all yet, read fresh just before; the operation is then not begun. */
  readonly obstacle?: (attempt: Attempt<M>) => Promise<Outcome | null>;
  /** The effect as Stripe has it now, or null where there is none. By id or list, never by search (stripe-rules B6). */
  readonly find: (attempt: Attempt<M>) => Promise<Outcome | null>;
  /** Makes the effect under this idempotency key. */
  readonly make: (attempt: Attempt<M>, idempotencyKey: string) => Promise<Outcome>;
  /** What a definitive no means here; null where it is simply a refusal. */
  readonly refusal?: (attempt: Attempt<M>, failure: StripeFailure) => Promise<Outcome | null>;
}

/** Stripe keeps keys at least 24 hours (B1); beyond this age the key alone protects nothing, so Stripe is read first. */
const keyTrustMs = 20 * 3_600_000;

/** Every wait for Stripe's capacity grows a little by chance, so that a thousand agreements do not return as one. */
const busyDelayMs = (attempt: number): number => Math.min(60_000, 1_000 * 2 ** attempt) * (1 + Math.random());

/**
 * Performs one money move exactly once, however often it is called: intent before effect, read before retry, the
 * same key until the old request is proven over, and outcome, ledger, audit and projection in one commit.
 */
export async function perform<M extends JournalMove>(
  verb: Verb<M>,
  task: Task<M>,
  ports: Ports,
): Promise<MoveFact> {
  const { workflowId } = activityInfo().workflowExecution ?? { workflowId: '' };
  const { key, kind, params } = intentOf(workflowId, task.move);
  const { clock, store } = ports;
  const known = await store.findOperation(key);
  if (known?.status === 'done') return factOf(known);
  const isRetry = known !== null;
  const attempt = { ports, workflowId, move: task.move, key, task, isRetry, intendedAt: known?.createdAt ?? clock.now() };
  // Once begun, a move may have been made without our knowing: only Stripe's word ends it then.
  if (!isRetry && verb.obstacle !== undefined) {
    const { obstacle } = verb;
    const met = await answered(() => obstacle(attempt));
    if (met !== null) return await adopt(task, workflowId, met, ports);
  }
  const intent = { key, workflowId, kind, params, paramsHash: contentHash(params), at: clock.now() };
  const { fresh, operation } = await store.intend(intent, verb.reserve?.(attempt));
  const isOld = clock.now() - operation.createdAt > keyTrustMs;
  const isUnsure = activityInfo().attempt > 1 || isOld || (verb.readsFirst === true && !fresh);
  const found = isUnsure ? await answered(() => verb.find(attempt)) : null;
  const outcome = found ?? (await make(verb, attempt, operation));
  // What this answer makes moot; of its own kind the attempts before it, whose answers stayed away.
  const moot = [...(task.move.n > 1 ? [kind] : []), ...mootAfter(outcome.fact)];
  const isMoot = (one: Operation): boolean => one.key !== key && moot.includes(one.kind);
  if (moot.length > 0) await closeMoot(ports, (await store.listOperations(workflowId)).filter(isMoot), outcome.fact);
  return await finish(attempt, outcome);
} // prettier-ignore

/** Calls Stripe, and turns whatever comes back into an outcome or a reason to come again. */
async function make<M extends JournalMove>(
  verb: Verb<M>,
  attempt: Attempt<M>,
  operation: Operation,
): Promise<Outcome> {
  const { key, ports } = attempt;
  try {
    return await verb.make(attempt, `${key}:${operation.generation}`);
  } catch (error) {
    const failure = meaningOf(error);
    switch (failure.kind) {
      case 'busy':
        throw comeAgain(failure.detail, busyDelayMs(activityInfo().attempt));
      case 'unknown': {
        if (!failure.replayed) throw comeAgain(failure.detail);
        // The stored answer came back: the old request is over. A fresh read is the second proof.
        const found = await answered(() => verb.find(attempt));
        if (found !== null) return found;
        const reason = 'stored failure replayed; a fresh read shows no effect';
        await ports.store.renew({ key, generation: operation.generation, reason, at: ports.clock.now() });
        throw comeAgain(`${failure.detail}, now under a new key`, 1);
      }
      case 'declined':
      case 'refused': {
        if (mayBeUnderWay(attempt) && atTheDoor.has(failure.code)) throw comeAgain(failure.code);
        const meant = await answered(
          async () => (await verb.refusal?.(attempt, failure)) ?? (await verb.find(attempt)),
        );
        return meant ?? refusal(attempt, failure);
      }
      default:
        return assertNever(failure);
    }
  }
}

/**
 * Refused before the key is looked at (stripe-rules B1): nothing is stored under it, so an earlier request that got no answer may
 * still arrive and be carried out. A refusal of the request itself is stored, and the earlier one meets it.
 */
const atTheDoor: ReadonlySet<string> = new Set(['authentication', 'permission']);

/** An intent older than this was tried before: a first try comes within seconds, also of one written with its agreement. */
const triedAfterMs = 60_000;

const mayBeUnderWay = ({ intendedAt, ports }: Attempt<JournalMove>): boolean =>
  activityInfo().attempt > 1 || ports.clock.now() - intendedAt > triedAfterMs;

const refusal = <M extends JournalMove>(
  { move, ports }: Attempt<M>,
  failure: Extract<StripeFailure, { kind: 'declined' | 'refused' }>,
): Outcome => {
  const isFinal = failure.kind === 'declined' || failure.final;
  const at = ports.clock.now();
  const detail = failure.kind === 'refused' ? failure.detail : failure.code;
  const fact: MoveFact = isUnfunded(failure.code, move.type)
    ? { type: 'fundsNotAvailable', at, move: move.type }
    : { type: 'refused', at, move: move.type, code: failure.code, detail, final: isFinal };
  const requestId = failure.kind === 'refused' ? failure.requestId : null;
  return { fact, objects: [], requestId, effect: false };
};

/** Only moves out of a balance wait for funds; for the others Stripe's word is a refusal. */
const isUnfunded = (code: string, move: MoveType): boolean =>
  code === 'balance_insufficient' && (move === 'transfer' || move === 'payOut');
