import type { BookingState } from '../../domain/booking/booking.ts';
import { invariant } from '../../domain/errors.ts';
import { minor } from '../../domain/money.ts';
import { sumOf } from '../../domain/payment/books.ts';
import { isJournalled } from '../../domain/payment/intent.ts';
import type { JournalMove } from '../../domain/payment/intent.ts';
import type { Move, MoveFact, MoveOf, MoveType } from '../../domain/payment/moves.ts';
import { operationKey } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import { durationMs } from '../../domain/time.ts';
import type { PayeeAccount } from './booking-account.ts';
import { ProviderCalendar } from './booking-calendar.ts';
import { TrueCharge } from './booking-charge.ts';

/** What goes otherwise than ideally the next time a move of its type is made: a fate, or the code of a refusal. */
export type Mishap =
  /** No answer, and nothing happened. */
  | 'stuck'
  /** No answer although it happened. */
  | 'lost'
  | 'account_not_ready'
  | 'funds_not_available'
  | 'left_to_stripe'
  | { readonly refused: string; readonly final?: boolean };

interface Operation {
  readonly params: string;
  fact: MoveFact | null;
}

/** Stripe, the calendar and our journal around one booking, with true books. It throws where a request would lose money. */
export class BookingBooks extends TrueCharge {
  readonly #id: string;
  readonly #now: () => Instant;
  readonly #mishaps: Partial<Record<MoveType, Mishap[]>>;
  readonly #operations = new Map<string, Operation>();
  readonly account: PayeeAccount;
  readonly calendar = new ProviderCalendar();
  readonly requests: { readonly at: Instant; readonly move: Move }[] = [];

  constructor(id: string, now: () => Instant, account: PayeeAccount, mishaps: Partial<Record<MoveType, readonly Mishap[]>>) {
    super(now);
    this.#id = id;
    this.#now = now;
    this.account = account;
    this.#mishaps = Object.fromEntries(Object.entries(mishaps).map(([type, list]) => [type, [...list]]));
  } // prettier-ignore

  /** The answer to a move, or null where no answer came back. */
  answer(move: Move, state: BookingState): MoveFact | null {
    this.requests.push({ at: this.#now(), move });
    const mishap = this.#mishaps[move.type]?.shift();
    if (!isJournalled(move)) return mishap === 'stuck' ? null : this.#read(move, state);
    const key = operationKey(`booking:${this.#id}`, move);
    const params = JSON.stringify(move);
    const known = this.#operations.get(key);
    invariant(
      known === undefined || known.params === params,
      `${key} was used for another request: ${params}`,
    );
    if (known?.fact) return known.fact;
    const met = known === undefined && move.type === 'transfer' ? this.#obstacle(state) : null;
    if (met !== null) return met;
    if (known === undefined && move.type === 'transfer') this.#mayBeSent(move, state);
    const operation: Operation = { params, fact: null };
    this.#operations.set(key, operation);
    if (move.type === 'transfer') this.account.net(key, move.nettable ?? 0);
    if (mishap === 'stuck') return null;
    operation.fact = this.#make(move, key, mishap);
    if (move.type === 'transfer' && operation.fact.type !== 'transferred') this.account.unnet(key);
    return mishap === 'lost' ? null : operation.fact;
  }

  #read(move: Exclude<Move, JournalMove>, state: BookingState): MoveFact {
    const at = this.#now();
    switch (move.type) {
      case 'readCheckout':
        return this.seen();
      case 'readPayment':
        return this.paid(state.payment.transfers.map(({ id }) => id));
      case 'readBalance': {
        const recovered = minor(this.account.recoveredOf(this.#id));
        return { type: 'balanceRead', at, available: minor(Math.max(0, this.account.available)), recovered };
      }
      default:
        throw new Error(`a booking never makes the move ${move.type}`);
    }
  }

  /** The last look before money leaves: at the account, and at the charge (B9). */
  #obstacle({ payment }: BookingState): MoveFact | null {
    const at = this.#now();
    if (at < this.account.readyAt) return { type: 'accountNotReady', at, detail: 'inactive', spent: false };
    const known = JSON.stringify(payment.disputes.map(({ status, taken }) => [status, taken]));
    const isNews = sumOf(this.refundsThatCount) !== payment.money.refunded || known !== JSON.stringify(this.disputes.map(({ status, taken }) => [status, taken]));
    return isNews ? this.paid(payment.transfers.map(({ id }) => id)) : null;
  } // prettier-ignore

  /** No first request for a transfer meets a dispute, or asks for more than the charge still has. */
  #mayBeSent(move: MoveOf<'transfer'>, { payment: { money } }: BookingState): void {
    const has = sumOf(this.transfers) - this.reversed + money.netted - money.advanced;
    invariant(!this.isContested, 'sends money the bank fights over');
    invariant(has + move.amount + move.fee <= this.kept, `sends ${move.amount} on top of ${has} with a fee of ${move.fee}, of ${this.kept}`); // prettier-ignore
  }

  #make(move: JournalMove, key: string, mishap: Mishap | undefined): MoveFact {
    const at = this.#now();
    if (mishap === 'account_not_ready')
      return { type: 'accountNotReady', at, detail: 'inactive', spent: true };
    if (mishap === 'funds_not_available') return { type: 'fundsNotAvailable', at, move: move.type };
    if (typeof mishap === 'object') return this.#refused(move, mishap.refused, mishap.final ?? false);
    switch (move.type) {
      case 'openCheckout':
        // Stripe lets a session live half an hour to a day; a request that is made again may come too late for it.
        if (move.expiresAt - at < durationMs('PT30M') || move.expiresAt - at > durationMs('P1D')) return this.#refused(move, 'expires_at', true); // prettier-ignore
        return this.openCheckout(move.amount, move.expiresAt);
      case 'expireCheckout':
        if (this.session === 'open') this.session = 'expired';
        return this.seen();
      case 'refund':
        return this.#refund(move);
      case 'transfer':
        return this.#transfer(move, key);
      case 'reverse':
        return this.#reverse(move);
      case 'advance':
        return { type: 'advanced', at, amount: move.amount };
      case 'closeDebt':
        return { type: 'debtClosed', at, recovered: minor(this.account.close(this.#id)) };
      case 'payOut':
        if (mishap === 'left_to_stripe') return { type: 'payoutLeftToStripe', at, detail: 'automatic' };
        if (move.amount > this.account.available) return { type: 'fundsNotAvailable', at, move: 'payOut' };
        this.account.available -= move.amount;
        this.payouts.push({ amount: move.amount });
        return { type: 'paidOut', at, payoutId: `po_${this.payouts.length}`, amount: move.amount };
      case 'earnFee':
        return { type: 'feeEarned', at, amount: move.amount };
      case 'bookCalendar': {
        const { uid, startsAt } = this.calendar.book(key, move.startsAt);
        return { type: 'calendarBooked', at, uid, startsAt };
      }
      case 'moveCalendar': {
        const { uid, startsAt } = this.calendar.move(move.uid, move.startsAt);
        return { type: 'calendarBooked', at, uid, startsAt };
      }
      case 'cancelCalendar':
        return { type: 'calendarCancelled', at, uid: this.calendar.cancel(move.uid) };
      default:
        throw new Error(`a booking never makes the move ${move.type}`);
    }
  }

  #refused = (move: Move, code: string, final: boolean): MoveFact => ({
    type: 'refused', at: this.#now(), move: move.type, code, detail: 'No.', final,
  }); // prettier-ignore

  /** Stripe refuses to give back what the bank fights over, and more than there is. */
  #refund(move: MoveOf<'refund'>): MoveFact {
    if (this.isContested) return this.#refused(move, 'charge_disputed', true);
    if (move.amount > this.kept) return this.#refused(move, 'charge_already_refunded', true);
    const id = `re_${this.refunds.length + 1}`;
    this.refunds.push({ id, amount: move.amount, hasFailed: false });
    return { type: 'refunded', at: this.#now(), refundId: id, amount: move.amount, status: 'succeeded' };
  }

  #transfer(move: MoveOf<'transfer'>, key: string): MoveFact {
    const kept = this.account.nettedBy(key);
    const amount = minor(move.amount - kept);
    const at = this.#now();
    const netted = minor(kept);
    if (amount === 0) return { type: 'transferred', at, transferId: null, amount, fee: move.fee, netted };
    const transferId = `tr_${this.transfers.length + 1}`;
    this.transfers.push({ id: transferId, amount, reversed: minor(0) });
    this.account.available += amount;
    return { type: 'transferred', at, transferId, amount, fee: move.fee, ...(kept > 0 ? { netted } : {}) };
  }

  #reverse(move: MoveOf<'reverse'>): MoveFact {
    if (move.amount > this.account.available) return this.#refused(move, 'balance_insufficient', false);
    const transfer = this.reverse(move.transferId, move.amount);
    this.account.available -= move.amount;
    const reversalId = `trr_${transfer.id}_${transfer.reversed}`;
    return { type: 'reversed', at: this.#now(), reversalId, transferId: transfer.id, amount: move.amount };
  }
}
