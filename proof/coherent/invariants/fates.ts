import { iso } from '../../../domain/time.ts';
import { sharesOf, shown } from '../amounts.ts';
import type { Case, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { entitlementOf, givenBackBefore } from '../entitlement.ts';
import { figuresOf, isGivenUp } from '../figures.ts';
import type { Violation } from '../run.ts';

/** Stripe lets an expired hold go by itself; it may take it a moment. */
const expirySlackMs = 60_000;

const expiredByItself: ReadonlySet<string> = new Set(['automatic', 'expired']);
const hasDecided: ReadonlySet<string> = new Set(['capture', 'release']);

/** M1: a payment is taken or let go, never both and never neither, and no hold outlives its end. */
export const oneFate: Invariant = ({ run, cases }) =>
  cases.flatMap(({ workflowId, intents, charge, isSettled, currency, state, operations }) =>
    intents.flatMap((intent) => {
      const { id, status, amount_received: received } = intent;
      const told = (what: string): Violation[] => [
        broken('M1', workflowId, `${id} of ${shown(intent.amount, currency)} ${what}`),
      ];
      const isTaken = status === 'succeeded';
      const isGone = status === 'canceled';
      if (isGone && received > 0) return told(`is cancelled and took ${shown(received, currency)}`);
      if (isTaken && intent.canceled_at !== null) return told('is taken and cancelled');
      // A debit that the bank refused after its checkout was complete: only a hold made in a checkout can be cancelled (A2).
      const isOver = status === 'requires_payment_method' && state.payment.checkout?.status === 'complete';
      if (isSettled && !isTaken && !isGone && !isOver)
        return told(`is ${status} although its agreement is over`);
      const before = charge?.payment_method_details?.card?.capture_before;
      // A hold that runs out is money that nobody decided about: it was to be taken or let go before.
      const isLost =
        run.attended === true &&
        isGone &&
        id === state.payment.intent?.id &&
        expiredByItself.has(intent.cancellation_reason ?? '');
      const wasTried = operations.some(
        ({ kind, createdAt }) => hasDecided.has(kind) && createdAt <= (before ?? 0) * 1_000,
      );
      if (isLost && before !== undefined && charge?.status === 'succeeded' && !wasTried)
        return told(`ran out at ${iso(before * 1_000)} and nobody had tried to take it or to let it go`);
      const isExpired = before !== undefined && before * 1_000 + expirySlackMs < run.now;
      return status === 'requires_capture' && isExpired ? told('is held past its capture_before') : [];
    }),
  );

/** M2: at most one capture, of at most what was held, and what is kept of it is what the policy says. */
export const oneCapture: Invariant = (cases) => [
  ...capturedTwice(cases),
  ...cases.cases.flatMap((one) => {
    const { workflowId, charges, currency, state } = one;
    const above = charges.filter((charge) => charge.amount_captured > charge.amount);
    const found = above.map(({ id, amount, amount_captured: taken }) =>
      broken('M2', workflowId, `${id} took ${shown(taken, currency)} of a hold of ${shown(amount, currency)}`),
    );
    if (!one.isSettled || state.plan?.fate === 'cancelled') return found;
    const problem = keptProblem(one);
    return problem === null ? found : [...found, broken('M2', workflowId, problem)];
  }),
]; // prettier-ignore

const capturedTwice: Invariant = ({ run, ownerOf }) => {
  const captures = new Map<string, number>();
  for (const { path, effect } of run.requests ?? []) {
    const id = /^\/v1\/payment_intents\/([^/]+)\/capture$/.exec(path)?.[1];
    if (id !== undefined && effect) captures.set(id, (captures.get(id) ?? 0) + 1);
  }
  return [...captures]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => broken('M2', ownerOf(id) ?? id, `${id} was captured ${count} times`));
};

/** M9: a cancelled agreement costs what its tier says, and the payee has that charge less the fee share of it. */
export const cancelledForTheTier: Invariant = ({ cases }) =>
  cases.flatMap((one) => {
    const { workflowId, state, currency } = one;
    if (!one.isSettled || state.plan?.fate !== 'cancelled') return [];
    const problem = keptProblem(one);
    if (problem !== null) return [broken('M9', workflowId, problem)];
    const { transferred, reversed, captured, refunded, refundedElsewhere, disputed } = figuresOf(one);
    if (isGivenUp(one) || refundedElsewhere > 0 || disputed > 0) return [];
    const { netted, advanced } = state.payment.money;
    const has = transferred - reversed + netted - advanced;
    const { payee } = sharesOf(captured - refunded, state.payment.feeBps, currency);
    if (has === payee) return [];
    const what = `the payee has ${shown(has, currency)} of a cancellation that gives them ${shown(payee, currency)}`;
    return [broken('M9', workflowId, what)];
  });

/** Why what is kept of the charge is not what the payer owes, or null. What others took or gave back is not ours to keep. */
function keptProblem(one: Case): string | null {
  const { state, currency, operations } = one;
  const { charge: owed, rule, isOrdered = false } = entitlementOf(state);
  const { authorized, captured, refunded, refundedElsewhere, disputed } = figuresOf(one);
  const kept = captured - refunded - disputed;
  const isOurs = operations.some(({ kind, params }) => kind === 'capture' && amountIn(params) === captured);
  const isAdopted = one.kind === 'lesson' && captured > 0 && !isOurs;
  const isCompleted = state.plan?.fate === 'completed';
  // Somebody else captured: a lesson that took place is settled for what they took, unless a person named an amount.
  const due = isAdopted ? Math.min(isCompleted && !isOrdered ? captured : owed, captured) : Math.min(owed, authorized);
  const most = isGivenUp(one) ? captured : due;
  // What they took beyond the policy is given back where it was heard of before the lesson was settled.
  const leastDue = isAdopted ? Math.min(owed, captured) : due;
  const least = Math.max(0, Math.min(leastDue, captured - givenBackBefore(state)) - refundedElsewhere - disputed);
  const isShort = captured < due && !isAdopted;
  if (kept <= most && kept >= least && !isShort) return null;
  const from = `${shown(captured, currency)} captured, ${refunded} refunded, ${disputed} disputed`;
  return `${shown(kept, currency)} is kept (${from}) where the policy says ${owed}: ${rule}`;
} // prettier-ignore

const amountIn = (params: unknown): number | null => (params as { amount?: number } | null)?.amount ?? null;
