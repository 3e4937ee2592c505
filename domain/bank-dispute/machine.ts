import { assertNever } from '../errors.ts';
import type { Accepted, Columns, Machine, Refusal, Step, StoryLine, Wait } from '../machine.ts';
import { lineOf, opening, refuse } from '../machine.ts';
import { orderLine, orderedBy, readOperatorCommand } from '../orders.ts';
import { Fields, readMessage } from '../parse.ts';
import type { Move, MoveFact } from '../payment/moves.ts';
import { moved, skipStep } from '../payment/outcome.ts';
import { alerted, applyDriverFact, refused } from '../payment/park.ts';
import { attemptOf, noPayment } from '../payment/payment.ts';
import { tell } from '../payment/story.ts';
import { firstOfAll, unlessPaused } from '../payment/waiting.ts';
import { adoptRules, readAdoptRules, rulesLine } from '../rules.ts';
import { durationMs, iso } from '../time.ts';
import type { Instant } from '../time.ts';
import type {
  AnyBankDisputeFact,
  BankDisputeCommand,
  BankDisputeFact,
  BankDisputeInput,
  BankDisputeState,
} from './bank-dispute.ts';
import { canRespond, currentRules, isClosed } from './bank-dispute.ts';
import type { BankDisputeView } from './view.ts';
import { statusOf, view } from './view.ts';

const commands = ['submit', 'accept', 'retry', 'skip', 'sync', 'adoptRules'] as const satisfies readonly BankDisputeCommand['name'][]; // prettier-ignore

/** A dispute we have only heard of: Stripe is read first. */
const openDispute = (input: BankDisputeInput): BankDisputeState => ({
  ...opening(input.rules, { ...lineOf({ at: input.openedAt }, 'Disputed at the bank', 'bank', input.reason, input.amount), stripeIds: [input.id] }),
  input,
  payment: { ...noPayment(input.currency, 0, false), stale: true },
  standing: null,
  submit: null,
  accepted: null,
}); // prettier-ignore

/** Reads a message that may be anything; never throws. */
const parse = (name: string, raw: unknown): BankDisputeCommand | Refusal =>
  readMessage('A bank dispute', commands, name, (known) => read(known, raw));

function read(name: BankDisputeCommand['name'], raw: unknown): BankDisputeCommand {
  switch (name) {
    case 'submit': {
      const fields = new Fields(raw, ['by', 'reason', 'statement']);
      return { name, ...orderedBy(fields), statement: fields.optionalText('statement', 20_000) };
    }
    case 'accept':
      return { name, ...orderedBy(new Fields(raw, ['by', 'reason'])) };
    case 'adoptRules':
      return readAdoptRules(raw);
    default:
      return readOperatorCommand(name, raw) as BankDisputeCommand;
  }
}

/** The guard: an answer is given once, and accepting cannot be taken back (F3). */
function accept(state: BankDisputeState, command: BankDisputeCommand, now: Instant): Refusal | Accepted<BankDisputeFact> {
  const accepted = (message: string, fact: BankDisputeFact): Accepted<BankDisputeFact> => ({ facts: [fact], message });
  const { by, reason } = command;
  switch (command.name) {
    case 'submit':
    case 'accept': {
      if (isClosed(state)) return refuse('The bank has decided');
      if (state.accepted !== null) return refuse('The dispute is accepted; that cannot be taken back');
      if (state.submit !== null) return refuse('The evidence is submitted; the bank takes it once');
      const isInquiry = state.standing?.status.startsWith('warning_') === true;
      if (command.name === 'accept') {
        const message = isInquiry ? 'Closing the inquiry' : 'Accepting the dispute';
        return accepted(message, { type: 'acceptOrdered', at: now, by, reason, statement: null });
      }
      if (!canRespond(state)) return refuse('The bank takes no evidence now', 'not_ready');
      return accepted('Submitting the evidence', { type: 'submitOrdered', at: now, by, reason, statement: command.statement });
    }
    case 'retry':
      return state.parked === null ? refuse('Nothing is parked') : accepted('Trying again', { type: 'unparked', at: now, by, reason });
    case 'skip':
      if (state.parked === null) return refuse('Nothing is parked');
      return accepted(`Skipped ${state.parked.operation}`, { type: 'skipped', at: now, by, reason });
    case 'sync':
      return accepted('Reading Stripe again', { type: 'lookAgain', at: now, by, reason });
    case 'adoptRules':
      return adoptRules(state, command, currentRules, now);
    default:
      return assertNever(command);
  }
} // prettier-ignore

/** The dispute after one more fact. */
function apply(state: BankDisputeState, fact: AnyBankDisputeFact): BankDisputeState {
  switch (fact.type) {
    case 'began':
    case 'rejected':
    case 'stripeEvent':
    case 'stuck':
      return applyDriverFact(state, fact);
    case 'submitOrdered':
    case 'acceptOrdered':
    case 'unparked':
    case 'skipped':
    case 'lookAgain':
    case 'rulesAdopted': {
      const told = { ...state, updatedAt: Math.max(state.updatedAt, fact.at), story: tell(state.story, wordLine(fact)) };
      return applyWord(told, fact);
    }
    default: {
      const { after } = moved(state, fact);
      if (fact.type === 'disputeSeen') return seen(after, fact);
      return fact.type === 'refused' ? refused(after, { ...fact, final: true }, 1) : after;
    }
  }
} // prettier-ignore

type Word = Exclude<BankDisputeFact, MoveFact>;

function applyWord(state: BankDisputeState, fact: Word): BankDisputeState {
  switch (fact.type) {
    case 'submitOrdered':
      return { ...state, submit: fact, parked: null };
    case 'acceptOrdered':
      return { ...state, accepted: fact, parked: null };
    case 'unparked':
      return { ...state, parked: null, payment: { ...state.payment, refusals: {}, pause: null, stale: true } };
    case 'skipped':
      // What was given up is left to the people at the bank's own site.
      return { ...state, parked: null, payment: skipStep(state.payment, state.parked?.operation), submit: state.submit ?? answerOf(fact) };
    case 'lookAgain':
      return { ...state, payment: { ...state.payment, stale: true } };
    case 'rulesAdopted':
      return { ...state, rules: fact.rules };
    default:
      return assertNever(fact);
  }
} // prettier-ignore

const answerOf = ({ at, by, reason }: Extract<Word, { type: 'skipped' }>) => ({
  at,
  by,
  reason,
  statement: null,
});

function seen(state: BankDisputeState, fact: Extract<MoveFact, { type: 'disputeSeen' }>): BankDisputeState {
  const { at, status, dueBy } = fact;
  const known = state.standing;
  const after = { ...state, standing: { status, amount: fact.amount, dueBy, submissions: fact.submissions } };
  if (known === null) {
    const until = dueBy === null ? 'no answer is possible' : `answer by ${iso(dueBy)}`;
    const message = `The bank disputes a charge of ${state.input.agreement}: ${state.input.reason}, ${until}`;
    return { ...after, alerts: alerted(state.alerts, 'CHARGE_DISPUTE', at, message) };
  }
  if (known.status === status) return after;
  const line = { at, what: `The bank says: ${status}`, actor: 'bank', why: null, stripeIds: [state.input.id], amount: fact.amount };
  return { ...after, story: tell(state.story, line) };
} // prettier-ignore

function wordLine(fact: Word): StoryLine {
  switch (fact.type) {
    case 'submitOrdered':
      return lineOf(fact, 'Evidence to be submitted', fact.by, fact.reason);
    case 'acceptOrdered':
      return lineOf(fact, 'Dispute accepted', fact.by, fact.reason);
    case 'rulesAdopted':
      return rulesLine(fact);
    default:
      return orderLine(fact);
  }
}

const wait = (until: Instant | null, reason: string): Wait => ({ kind: 'wait', until, reason });

/** News of a dispute come by webhook; should they be lost, Stripe is read this often. */
const pollMs = 86_400_000;

/** The only place that decides what a dispute does next. */
function next(state: BankDisputeState, now: Instant): Step<BankDisputeFact, Move> {
  const { payment, input, standing, submit, accepted } = state;
  const disputeId = input.id;
  const perform = (effect: Move) => unlessPaused<BankDisputeFact>({ kind: 'perform', effect }, payment, now);
  if (payment.stale || standing === null) return perform({ type: 'readDispute', disputeId });
  const first = firstOfAll(state, now);
  if (first !== null) return first;
  if (isClosed(state)) return { kind: 'finished', outcome: standing.status };
  if (accepted !== null) return perform({ type: 'acceptDispute', n: attemptOf(payment, 'acceptDispute'), disputeId });
  const pollAt = (payment.readAt ?? input.openedAt) + pollMs;
  if (!canRespond(state)) return now < pollAt ? wait(pollAt, 'the bank') : perform({ type: 'readDispute', disputeId });
  if (submit !== null) {
    const { statement } = submit;
    return perform({ type: 'submitEvidence', n: attemptOf(payment, 'submitEvidence'), disputeId, agreement: input.agreement, statement });
  }
  const submitAt = (standing.dueBy ?? now) - durationMs(input.submitBefore);
  if (now < submitAt) return wait(submitAt, 'the evidence');
  const reason = 'the deadline of the bank is near';
  return { kind: 'learn', fact: { type: 'submitOrdered', at: now, by: 'system', reason, statement: null } };
} // prettier-ignore

function columns(state: BankDisputeState, now: Instant): Columns {
  const { input, standing } = state;
  const step = state.performing === null ? next(state, now) : null;
  const dueBy = standing?.dueBy ?? null;
  return {
    state: statusOf(state),
    paymentState: standing?.status ?? 'unknown',
    payeeAccount: input.payeeAccount,
    needsAttention: state.parked?.reason ?? null,
    open: step?.kind !== 'finished',
    waitsFor: null,
    settlesAt: dueBy ?? input.openedAt,
    disputeDeadline: canRespond(state) ? dueBy : null,
    nextWakeAt: step?.kind === 'wait' ? step.until : null,
    amount: input.amount,
    currency: input.currency,
    seat: null,
    advanced: 0,
  };
}

/** A bank's dispute as a machine: read, answered once before the deadline or accepted, followed to the bank's word. */
export const bankDisputeMachine: Machine<
  BankDisputeInput,
  BankDisputeState,
  BankDisputeCommand,
  BankDisputeFact,
  Move,
  BankDisputeView
> = { kind: 'dispute', commands, open: openDispute, parse, accept, apply, next, view, columns };
