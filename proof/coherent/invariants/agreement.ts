import type { AgreementState, Kind } from '../../../domain/kinds.ts';
import { machines } from '../../../domain/kinds.ts';
import type { StripeFigures } from '../figures.ts';
import { figuresOf } from '../figures.ts';
import { shown } from '../amounts.ts';
import type { Case, Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import type { Violation } from '../run.ts';

const compared = ['captured', 'refunded', 'transferred', 'reversed', 'disputed', 'paidOut'] as const satisfies readonly (keyof StripeFigures)[]; // prettier-ignore

/** What our word for the payment's status means at Stripe. */
const statuses: Readonly<Record<string, readonly string[]>> = {
  authorized: ['requires_capture'],
  captured: ['succeeded'],
  gone: ['canceled'],
  method: ['requires_payment_method'],
  action: ['requires_action', 'requires_confirmation'],
  processing: ['processing'],
};

/** M10: at rest our books say what Stripe's say: status, captured, refunded, transferred, reversed, disputed, paid out. */
export const oneTruth: Invariant = ({ run, cases, stories }) => [
  ...cases
    .filter(({ isStill }) => isStill)
    .flatMap((one) => [...amounts(one, run.stripe.unreadAccounts), ...status(one)]),
  ...[...stories.values()].flatMap(({ workflowId, row }) => {
    const shownState = machines[row.kind as Kind].view(row.state as AgreementState).state;
    if (shownState === row.status) return [];
    return [broken('M10', workflowId, `lists show it as ${row.status}, its state is ${shownState}`)];
  }),
];

function amounts(one: Case, unread: readonly string[]): Violation[] {
  const { workflowId, state, currency } = one;
  const theirs = figuresOf(one);
  const { money } = state.payment;
  return compared
    .filter((name) => money[name] !== theirs[name] && !(name === 'paidOut' && unread.includes(one.payee)))
    .map((name) => broken('M10', workflowId, `${name}: ours ${shown(money[name], currency)}, Stripe's ${theirs[name]}`));
} // prettier-ignore

function status({ workflowId, state, intent, intents, currency }: Case): Violation[] {
  const ours = state.payment.intent;
  if (ours === null || intent === null) return [];
  const m10 = (what: string): Violation => broken('M10', workflowId, what);
  const { id, status: theirs, amount_received: received } = intent;
  const found: Violation[] = [];
  if (statuses[ours.status]?.includes(theirs) !== true) found.push(m10(`${id}: ours ${ours.status}, Stripe's ${theirs}`));
  const { captured } = state.payment.money;
  if (received !== captured) found.push(m10(`${id} received ${shown(received, currency)}, our books have ${captured}`));
  const other = intents.find((one) => one.id !== id && one.status === 'succeeded');
  if (other !== undefined) found.push(m10(`${other.id} took the money, our books name ${id}`));
  return found;
} // prettier-ignore
