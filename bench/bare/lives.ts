import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { stripeEventSignal } from '../../workflows/contract.ts';
import { moveOptions } from '../../workflows/options.ts';

// What Temporal alone takes for a life: the commands of the house's own stories in the same order, called with the same
// options, and nothing in between. Nothing is decided here and nothing is carried along.

/** The moves of the two lives; each is an activity that does nothing. */
export type BareMove =
  | 'authorize'
  | 'capture'
  | 'transfer'
  | 'payOut'
  | 'openCheckout'
  | 'readCheckout'
  | 'readPayment'
  | 'bookCalendar';

type Nothing = () => Promise<void>;

const { authorize, capture, transfer, payOut, openCheckout, readCheckout, readPayment, bookCalendar } =
  proxyActivities<Record<BareMove, Nothing>>(moveOptions);

const state = defineSearchAttributeKey('SettlementState', SearchAttributeType.KEYWORD);
const show = (value: string): void => upsertSearchAttributes([{ key: state, value }]);

const until = (instant: number): Promise<void> => sleep(Math.max(1, instant - Date.now()));

/** The commands of a happy lesson: one hold, two joins, the scheduled end, three more moves. */
export async function bareLesson(endsAt: number): Promise<string> {
  setHandler(defineUpdate<boolean, [string]>('join'), () => true, {
    validator: (_party: string) => undefined,
  });
  await authorize();
  show('scheduled');
  await until(endsAt);
  await capture();
  await transfer();
  await payOut();
  show('completed');
  return 'completed';
}

/** A checkout is open for half an hour; its timer is cancelled by the payment. */
const checkoutMs = 1_800_000;

/** The commands of a happy booking: a checkout, its webhooks, the seat in the calendar, the window, two more moves. */
export async function bareBooking(settlesAt: number): Promise<string> {
  let heard = 0;
  setHandler(defineSignal(stripeEventSignal), () => void (heard += 1));
  await openCheckout();
  await condition(() => heard > 0, checkoutMs);
  await readCheckout();
  await condition(() => heard > 1);
  await readPayment();
  await bookCalendar();
  show('confirmed');
  await until(settlesAt);
  await transfer();
  await payOut();
  show('completed');
  return 'completed';
}
