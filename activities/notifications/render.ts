import type { Complaint } from '../../domain/complaint/complaint.ts';
import { invariant } from '../../domain/errors.ts';
import type { BaseState, NoticeKind } from '../../domain/machine.ts';
import { noMoney } from '../../domain/payment/books.ts';
import type { Payment } from '../../domain/payment/payment.ts';
import type { Instant } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import { amountText } from './amounts.ts';
import { wordsOf } from './words.ts';
import type { Told } from './words.ts';

/** A message in words. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** What the states of all kinds that owe notices have in common; one without a part is told without it. */
interface Shared extends BaseState {
  readonly startsAt?: Instant;
  readonly payment?: Payment;
  readonly dispute?: Complaint | null;
}

/** What a notice needs of an agreement's row. */
export type Subject = Pick<Agreement, 'workflowId' | 'kind' | 'id' | 'state' | 'amount' | 'currency'>;

/** Puts a notice into words that are true of the agreement now, its times in the reader's zone; throws for an unknown kind. */
export function render(
  kind: string,
  recipient: 'payer' | 'payee',
  agreement: Subject,
  timeZone: string | null | undefined,
): Letter {
  invariant(isNoticeKind(kind), `there are words for a notice of kind ${kind}`);
  const told = toldOf(agreement, timeZone);
  const [subject, ...sentences] = wordsOf[kind][recipient](told);
  const facts = [`Reference: ${agreement.workflowId}`, `Price: ${told.price}`];
  return { subject, text: `${[...sentences, facts.join('\n')].join('\n\n')}\n` };
}

const isNoticeKind = (kind: string): kind is NoticeKind => Object.hasOwn(wordsOf, kind);

function toldOf(agreement: Subject, timeZone: string | null | undefined): Told {
  const { kind, id, amount, currency } = agreement;
  const { payment, startsAt, dispute } = agreement.state as Shared;
  const money = payment?.money ?? noMoney;
  const shown = (minorUnits: number): string => amountText(minorUnits, currency);
  return {
    what: `${kind} ${id}`,
    when: startsAt === undefined ? '' : ` on ${timeText(startsAt, timeZone)}`,
    price: shown(amount),
    refunded: money.refunded > 0 ? shown(money.refunded) : null,
    received: shown(money.paidOut > 0 ? money.paidOut : money.transferred - money.reversed),
    atBank: money.paidOut > 0,
    verdict: verdictOf(dispute?.outcome?.outcome),
  };
}

const verdicts = {
  release: { payer: ' The payment goes to the other side.', payee: ' The payment is yours.' },
  refund: { payer: ' Your payment is returned.', payee: ' The payment is returned to the customer.' },
  split: { payer: ' A part of your payment is returned.', payee: ' A part of the payment is yours.' },
} as const;

const verdictOf = (outcome: keyof typeof verdicts | undefined): Told['verdict'] =>
  outcome === undefined ? { payer: '', payee: '' } : verdicts[outcome];

/** The moment as the reader's clock shows it; in UTC, and saying so, where their zone is not known. */
function timeText(at: Instant, timeZone: string | null | undefined): string {
  const zone = isZone(timeZone) ? timeZone : 'UTC';
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: zone });
  return `${text.format(at)} (${zone})`;
}

function isZone(timeZone: string | null | undefined): timeZone is string {
  if (typeof timeZone !== 'string' || timeZone === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
