import { assertNever, invariant } from '../../domain/errors.ts';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import type { Minor } from '../../domain/money.ts';
import { minor, zero } from '../../domain/money.ts';
import type { Move, MoveFact, MoveType } from '../../domain/payment/moves.ts';
import { operationKey } from '../../domain/payment/moves.ts';
import { isJournalled } from '../../domain/payment/intent.ts';
import type { Instant } from '../../domain/time.ts';
import { durationMs } from '../../domain/time.ts';

/** What goes otherwise than ideally the next time a move of its type is made. */
export type Deviation =
  | 'declined'
  | 'needs_action'
  | 'processing'
  | 'refused'
  | 'refused_finally'
  /** Our own credentials are the problem: no customer can help. */
  | 'not_permitted'
  | 'funds_not_available'
  | 'left_to_stripe'
  /** No answer, and nothing happened. */
  | 'stuck'
  /** No answer although it happened: the most expensive lie a network tells. */
  | 'lost';

/** A PaymentIntent as the bank knows it. */
export interface TrueIntent {
  readonly id: string;
  readonly amount: Minor;
  status: 'method' | 'action' | 'processing' | 'authorized' | 'captured' | 'gone';
  captured: Minor;
  captureBefore: Instant;
  failureCode: string | null;
  /** There was a hold once, so a cancelled intent released something. */
  held: boolean;
  expired: boolean;
}

/** Visa's hold on a payment the customer is present for (stripe-rules A4). */
const holdLifeMs = durationMs('P7D');
const fundsTakeMs = durationMs('P2D');

/** An ideal Stripe with true books. It answers a repeated key as before, and throws where a request would lose money. */
export class StripeBooks {
  readonly #now: () => Instant;
  readonly #deviations: Partial<Record<MoveType, Deviation[]>>;
  readonly #answered = new Map<string, { params: string; fact: MoveFact }>();
  readonly #accountReadyAt: Instant;
  #asked: number | null = null;
  readonly requests: { at: Instant; move: Move }[] = [];
  readonly intents: TrueIntent[] = [];
  readonly refunds: Minor[] = [];
  readonly transfers: { amount: Minor; stripeAccount: string }[] = [];
  readonly payouts: Minor[] = [];
  card: { status: 'saved' | 'method' | 'action'; failureCode: string | null } | null = null;

  constructor(
    now: () => Instant,
    deviations: Partial<Record<MoveType, readonly Deviation[]>>,
    accountReadyAt: Instant,
  ) {
    this.#now = now;
    this.#deviations = Object.fromEntries(
      Object.entries(deviations).map(([type, list]) => [type, [...list]]),
    );
    this.#accountReadyAt = accountReadyAt;
  }

  /** The one PaymentIntent of a lesson. */
  get intent(): TrueIntent {
    const [intent, ...others] = this.intents;
    invariant(intent !== undefined && others.length === 0, `there are ${this.intents.length} PaymentIntents`);
    return intent;
  }

  /** What a person in Stripe's dashboard does. */
  captureElsewhere(amount: number): void {
    Object.assign(this.intent, { status: 'captured', captured: minor(amount) });
  }
  cancelElsewhere(): void {
    this.intent.status = 'gone';
  }
  /** The customer pays after all, by another card or by answering the bank. */
  customerPays(): void {
    if (this.intents.length === 0) this.card = { status: 'saved', failureCode: null };
    else Object.assign(this.intent, { status: 'authorized', held: true, failureCode: null, captureBefore: this.#now() + holdLifeMs }); // prettier-ignore
  }

  /** Holds nobody captured in time are gone by themselves. */
  #expire(): void {
    for (const intent of this.intents) {
      if (intent.status === 'authorized' && this.#now() >= intent.captureBefore) {
        Object.assign(intent, { status: 'gone', expired: true });
      }
    }
  }

  /** The answer to a move, or null where no answer came back. */
  answer(move: Move, { payment, plan }: LessonState): MoveFact | null {
    this.#asked = payment.money.captured || (plan?.charge ?? 0) || null;
    this.#expire();
    this.requests.push({ at: this.#now(), move });
    const deviation = this.#deviations[move.type]?.shift();
    if (deviation === 'stuck') return null;
    const fact = this.#once(move, deviation);
    return deviation === 'lost' ? null : { ...fact, at: this.#now() };
  }

  #once(move: Move, deviation: Deviation | undefined): MoveFact {
    if (!isJournalled(move)) return this.#execute(move, deviation);
    const key = operationKey('lesson:les_42', move);
    const params = JSON.stringify(move);
    const before = this.#answered.get(key);
    invariant(before === undefined || before.params === params, `${key} was used for another request: ${params}`);
    if (before !== undefined) return before.fact;
    const fact = this.#execute(move, deviation);
    if (fact.type !== 'accountNotReady') this.#answered.set(key, { params, fact });
    return fact;
  } // prettier-ignore

  #execute(move: Move, deviation: Deviation | undefined): MoveFact {
    const at = this.#now();
    if (deviation === 'refused' || deviation === 'refused_finally') {
      return { type: 'refused', at, move: move.type, code: 'no', detail: 'No.', final: deviation === 'refused_finally' };
    }
    if (deviation === 'not_permitted') {
      return { type: 'refused', at, move: move.type, code: 'permission', detail: 'No.', final: true };
    }
    if (deviation === 'funds_not_available') return { type: 'fundsNotAvailable', at, move: move.type };
    switch (move.type) {
      case 'createCustomer':
        return { type: 'customerCreated', at, customerId: 'cus_1' };
      case 'saveCard':
        this.card = { status: move.paymentMethod === null ? 'method' : 'saved', failureCode: null };
        if (deviation === 'declined') this.card = { status: 'method', failureCode: 'card_declined' };
        if (deviation === 'needs_action') this.card = { status: 'action', failureCode: null };
        return this.#cardFact();
      case 'readCard':
        return this.#cardFact();
      case 'authorize':
        this.intents.push(this.#newIntent(move.amount, move.paymentMethod, deviation));
        return this.#intentFact();
      case 'readPayment':
        return this.#intentFact('elsewhere', this.#asked);
      case 'capture':
        if (this.intent.status === 'authorized') {
          invariant(move.amount > 0 && move.amount <= this.intent.amount, `captures ${move.amount} of ${this.intent.amount}`);
          Object.assign(this.intent, { status: 'captured', captured: move.amount });
        }
        return this.#intentFact('elsewhere', move.amount);
      case 'release':
        if (this.intent.status !== 'captured' && this.intent.status !== 'gone') {
          this.intent.status = 'gone';
        }
        return this.#intentFact('ours');
      case 'refund':
        invariant(this.intent.status === 'captured', 'refunds what was never captured');
        this.refunds.push(move.amount);
        invariant(this.kept() >= 0, 'refunds more than was captured');
        return { type: 'refunded', at, refundId: `re_${this.refunds.length}`, amount: move.amount, status: 'succeeded' };
      case 'transfer':
        if (at < this.#accountReadyAt) return { type: 'accountNotReady', at, detail: 'transfers is inactive', spent: false };
        invariant(this.intent.status === 'captured', 'transfers what was never captured');
        this.transfers.push({ amount: move.amount, stripeAccount: move.stripeAccount });
        invariant(move.amount + move.fee <= this.kept(), 'transfers more than there is');
        return { type: 'transferred', at, transferId: `tr_${this.transfers.length}`, amount: move.amount, fee: move.fee };
      case 'payOut':
        if (deviation === 'left_to_stripe') return { type: 'payoutLeftToStripe', at, detail: 'automatic' };
        this.payouts.push(move.amount);
        return { type: 'paidOut', at, payoutId: `po_${this.payouts.length}`, amount: move.amount };
      case 'earnFee':
        return { type: 'feeEarned', at, amount: move.amount };
      default:
        throw new Error(`a lesson never asks for ${move.type}`);
    }
  } // prettier-ignore

  /** Captured and not given back. */
  kept(): number {
    return this.intent.captured - this.refunds.reduce((sum, one) => sum + one, 0);
  }

  #newIntent(amount: Minor, paymentMethod: string | null, deviation: Deviation | undefined): TrueIntent {
    const intent: TrueIntent = {
      id: `pi_${this.intents.length + 1}`,
      amount,
      status: paymentMethod === null ? 'method' : 'authorized',
      captured: zero,
      captureBefore: this.#now() + holdLifeMs,
      failureCode: null,
      held: false,
      expired: false,
    };
    if (deviation === 'declined') Object.assign(intent, { status: 'method', failureCode: 'card_declined' });
    if (deviation === 'needs_action') intent.status = 'action';
    if (deviation === 'processing') intent.status = 'processing';
    intent.held = intent.status === 'authorized';
    return intent;
  }

  #cardFact(): MoveFact {
    const at = this.#now();
    const { status, failureCode } = this.card ?? { status: 'method' as const, failureCode: null };
    if (status === 'saved') return { type: 'cardSaved', at, setupIntentId: 'seti_1', paymentMethod: 'pm_1' };
    return { type: 'cardPending', at, setupIntentId: 'seti_1', clientSecret: 'seti_1_secret', awaited: status, failureCode };
  } // prettier-ignore

  /** As the activities tell it: whoever did not just do it himself cannot know who did. */
  #intentFact(cause: 'ours' | 'elsewhere' = 'elsewhere', asked: number | null = null): MoveFact {
    const { id, status, amount, captured, captureBefore, failureCode, expired, held } = this.intent;
    const seen = { at: this.#now(), paymentIntentId: id };
    const chargeId = 'ch_1';
    switch (status) {
      case 'authorized':
        return { ...seen, type: 'authorized', chargeId, amount, captureBefore };
      case 'captured': {
        const availableOn = this.#now() + fundsTakeMs;
        return { ...seen, type: 'captured', chargeId, authorized: amount, amount: captured, availableOn, settlementCurrency: 'usd', elsewhere: captured !== asked };
      }
      case 'gone': {
        const how = expired && cause === 'elsewhere' ? 'expired' : cause;
        return { ...seen, type: 'holdGone', authorized: held ? amount : zero, cause: how };
      }
      case 'method':
      case 'action':
      case 'processing':
        return { ...seen, type: 'paymentPending', clientSecret: `${id}_secret`, awaited: status, failureCode };
      default:
        return assertNever(status);
    }
  } // prettier-ignore
}
