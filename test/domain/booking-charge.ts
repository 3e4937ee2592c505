import { invariant } from '../../domain/errors.ts';
import type { Minor } from '../../domain/money.ts';
import { minor, zero } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import type { BankDispute, MoveFact, SentTransfer } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { durationMs } from '../../domain/time.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface TrueDispute extends Mutable<BankDispute> {
  readonly amount: Minor;
}

const fundsTakeMs = durationMs('P2D');

/** The checkout, its payment and all that became of the charge, with what customers, banks and people in dashboards do. */
export class TrueCharge {
  readonly #now: () => Instant;
  #amount: Minor = zero;
  #expiresAt: Instant = 0;
  #paidAt: Instant = 0;
  session: 'none' | 'open' | 'complete' | 'expired' = 'none';
  payment: 'none' | 'declined' | 'processing' | 'failed' | 'captured' = 'none';
  readonly refunds: { readonly id: string; readonly amount: Minor; hasFailed: boolean }[] = [];
  readonly disputes: TrueDispute[] = [];
  readonly transfers: Mutable<SentTransfer>[] = [];
  readonly payouts: { readonly amount: Minor }[] = [];

  constructor(now: () => Instant) {
    this.#now = now;
  }

  get captured(): number {
    return this.payment === 'captured' ? this.#amount : 0;
  }
  get refundsThatCount() {
    return this.refunds.filter(({ hasFailed }) => !hasFailed);
  }
  get taken(): number {
    return sumOf(this.disputes.map(({ taken }) => ({ amount: taken })));
  }
  get reversed(): number {
    return sumOf(this.transfers.map(({ reversed }) => ({ amount: reversed })));
  }
  /** Captured, not given back and not taken by the bank. */
  get kept(): number {
    return this.captured - sumOf(this.refundsThatCount) - this.taken;
  }
  get isContested(): boolean {
    return this.disputes.some(({ isOpen }) => isOpen);
  }

  openCheckout(amount: Minor, expiresAt: Instant): MoveFact {
    invariant(this.session === 'none', 'a second checkout lets the customer pay twice');
    this.#amount = amount;
    this.#expiresAt = expiresAt;
    this.session = 'open';
    const opened = { url: null, clientSecret: 'cs_1_secret', expiresAt };
    return { type: 'checkoutOpened', at: this.#now(), sessionId: 'cs_1', ...opened };
  }

  /** An open session dies by itself. */
  #look(): void {
    if (this.session === 'open' && this.#now() >= this.#expiresAt) this.session = 'expired';
  }

  #capture(): void {
    this.payment = 'captured';
    this.#paidAt = this.#now();
  }

  customerPays(): void {
    this.#look();
    if (this.session !== 'open') return;
    this.session = 'complete';
    this.#capture();
  }
  cardIsDeclined(): void {
    this.#look();
    if (this.session === 'open') this.payment = 'declined';
  }
  /** A bank debit: the checkout is complete and nothing is paid. */
  customerOrdersDebit(): void {
    this.#look();
    if (this.session !== 'open') return;
    this.session = 'complete';
    this.payment = 'processing';
  }
  debitArrives(): void {
    if (this.payment === 'processing') this.#capture();
  }
  debitFails(): void {
    if (this.payment === 'processing') this.payment = 'failed';
  }
  /** A success that lands after the session expired. */
  paysTooLate(): void {
    this.#look();
    if (this.session === 'expired' && this.payment !== 'captured') this.#capture();
  }

  /** The bank takes what is disputed at once, except where it only asks. */
  openDispute(amount?: number, isInquiry = false): void {
    const disputed = minor(amount ?? this.kept);
    if (disputed > 0 && disputed <= this.kept) this.#dispute(disputed, isInquiry);
  }
  /** The customer complained although they had their money back. */
  disputeRefunded(): void {
    this.#dispute(minor(sumOf(this.refundsThatCount)), false);
  }
  #dispute(disputed: Minor, isInquiry: boolean): void {
    const status = isInquiry ? 'warning_needs_response' : 'needs_response';
    const id = `dp_${this.disputes.length + 1}`;
    this.disputes.push({ id, status, isOpen: true, taken: isInquiry ? zero : disputed, amount: disputed });
  }
  closeDispute(status: 'won' | 'lost' | 'warning_closed'): void {
    const open = this.disputes.find(({ isOpen }) => isOpen);
    if (open !== undefined) this.#close(open, open.status.startsWith('warning') ? 'warning_closed' : status);
  }
  /** A bank changes its mind: what was lost is won after all. */
  overturn(id: string): void {
    const found = this.disputes.find((one) => one.id === id);
    if (found?.status === 'lost') this.#close(found, 'won');
  }
  #close(dispute: TrueDispute, status: 'won' | 'lost' | 'warning_closed'): void {
    Object.assign(dispute, { status, isOpen: false, taken: status === 'lost' ? dispute.amount : zero });
  }

  /** The customer's bank sends the refund back days later. */
  refundFails(id = this.refundsThatCount.at(-1)?.id): void {
    const refund = this.refunds.find((one) => one.id === id);
    if (refund !== undefined) refund.hasFailed = true;
  }
  refundElsewhere(amount: number): void {
    if (this.isContested || amount > this.kept) return;
    this.refunds.push({ id: `re_${this.refunds.length + 1}`, amount: minor(amount), hasFailed: false });
  }
  reverse(id: string, amount: number): SentTransfer {
    const transfer = this.transfers.find((one) => one.id === id);
    invariant(transfer !== undefined, `reverses ${id}, which was never sent`);
    invariant(transfer.reversed + amount <= transfer.amount, `reverses ${amount} of ${JSON.stringify(transfer)}`);
    return Object.assign(transfer, { reversed: minor(transfer.reversed + amount) });
  } // prettier-ignore

  /** The payment as read by its checkout: the PaymentIntent's own word decides. */
  seen(): MoveFact {
    this.#look();
    if (this.payment === 'captured') return this.#captured();
    const status = this.session === 'none' ? 'open' : this.session;
    const at = this.#now();
    if (this.payment === 'none') return { type: 'checkoutSeen', at, sessionId: 'cs_1', status, tried: null };
    const failureCode = this.payment === 'declined' || this.payment === 'failed' ? 'card_declined' : null;
    const awaited = this.payment === 'processing' ? ('processing' as const) : ('method' as const);
    const tried = { paymentIntentId: 'pi_1', clientSecret: null, awaited, failureCode };
    return { type: 'checkoutSeen', at, sessionId: 'cs_1', status, tried };
  }

  /** The payment with everything that became of it, as a read of it answers. */
  paid(transferIds: readonly string[]): MoveFact {
    const refunds = this.refundsThatCount.map(({ id, amount }) => ({ id, amount }));
    const disputes = this.disputes.map(({ id, status, isOpen, taken }) => ({ id, status, isOpen, taken }));
    const transfers = this.transfers.filter(({ id }) => transferIds.includes(id)).map((one) => ({ ...one }));
    return { ...this.#captured(), refunds, disputes, transfers };
  }

  #captured() {
    const [at, amount] = [this.#paidAt, this.#amount];
    const money = { authorized: amount, amount, settlementCurrency: 'usd', elsewhere: false };
    const availableOn = at + fundsTakeMs;
    return {
      type: 'captured',
      at,
      paymentIntentId: 'pi_1',
      chargeId: 'ch_1',
      ...money,
      availableOn,
    } as const;
  }
}
