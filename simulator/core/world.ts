import type { Stripe } from 'stripe';
import { Books, type Outside } from './books.ts';
import { Clock } from './clock.ts';
import { Ids } from './ids.ts';
import { Schedule } from './schedule.ts';
import type { Row, Table } from './table.ts';
import { tableOfPrefix, type Tables } from './tables.ts';
import { balanceTransaction } from '../objects/balance-transaction.ts';

/** The request that causes what happens now; null when the bank, the clock or a person in the dashboard does. */
export interface Cause {
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

/** A movement on one account's balance, as its balance transaction will show it. */
export interface Movement {
  owner: string;
  type: Stripe.BalanceTransaction['type'];
  /** Signed: positive comes in. */
  amount: number;
  currency: string;
  source: string;
  outside: Outside;
  fee?: number;
  /** Seconds; the money is pending until then. Absent: at once. */
  availableOn?: number;
  description?: string | null;
}

/** The platform's own objects live under this name; connected accounts' under their ids. */
export const platform = 'platform';

/** Tells the listeners of an account that something happened to an object. */
export type Announce = (world: World, type: string, object: object, owner: string, previous?: object) => void;

/** Everything a resource needs to act: tables, clock, schedule, books, ids and events. */
export class World {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly books: Books;
  readonly ids: Ids;
  cause: Cause | null = null;
  readonly #announce: Announce;
  readonly #byPrefix: Record<string, Table<Row>>;

  constructor(tables: Tables, wall: () => number, tag: string | undefined, announce: Announce) {
    this.#announce = announce;
    this.tables = tables;
    this.clock = new Clock(wall, tables.marks);
    this.schedule = new Schedule(tables.appointments);
    this.schedule.reload();
    this.books = new Books(tables.tallies);
    this.ids = new Ids(tables.marks, tag);
    this.#byPrefix = tableOfPrefix(tables);
  }

  /** The object an id names, whatever its kind. */
  find(id: string): Row | undefined {
    return this.#byPrefix[id.slice(0, id.indexOf('_'))]?.get(id);
  }

  /** Tells every listener of an account that something happened to an object. */
  emit(type: string, object: object, owner: string = platform, previous?: object): void {
    this.#announce(this, type, object, owner, previous);
  }

  /** Posts a movement to the books and gives its balance transaction; pending money is released by the clock. */
  post(movement: Movement): Stripe.BalanceTransaction {
    const { owner, amount, currency, outside, fee = 0 } = movement;
    const now = this.clock.seconds();
    const availableOn = Math.max(movement.availableOn ?? now, now);
    const bucket = availableOn > now ? 'pending' : 'available';
    const id = this.ids.next('txn');
    const row = balanceTransaction({
      ...movement,
      id,
      created: now,
      availableOn,
      fee,
      pending: bucket === 'pending',
    });
    this.books.bring(outside, owner, bucket, amount, currency);
    if (fee !== 0) this.books.bring('stripe_fees', owner, bucket, -fee, currency);
    this.tables.balanceTransactions.put(row, owner);
    if (bucket === 'pending') this.schedule.arm('release_funds', id, availableOn * 1000);
    return row;
  }
}
