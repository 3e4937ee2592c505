import type { NoticeKind } from '../../domain/machine.ts';

/** What a notice is told with, ready to be read. */
export interface Told {
  /** The agreement as a reader knows it: "booking bk_1". */
  readonly what: string;
  /** When it takes place, with a leading space: " on Friday, …"; empty where it has no time. */
  readonly when: string;
  readonly price: string;
  /** What went back to the payer, or null where nothing did. */
  readonly refunded: string | null;
  /** What the payee has received. */
  readonly received: string;
  /** Whether that is on its way to the payee's bank, or in their account at Stripe. */
  readonly atBank: boolean;
  /** How a complaint ended, for the payer and for the payee; empty where it did not. */
  readonly verdict: { readonly payer: string; readonly payee: string };
}

/** A subject and the sentences below it. */
export type Words = readonly [subject: string, ...sentences: string[]];

type WordsFor = (told: Told) => Words;

const back = 'How soon it is on your statement depends on your bank; most take five to ten days.';
const noMove = 'While it is open, no money moves. Both sides are heard, and a person decides.';

/** Every notice in words, for either side. */
export const wordsOf: Readonly<Record<NoticeKind, { readonly payer: WordsFor; readonly payee: WordsFor }>> = {
  booking_confirmed: {
    payer: ({ what, when, price }) => [
      `Confirmed: ${what}`,
      `Your payment of ${price} is made and your ${what}${when} is confirmed.`,
    ],
    payee: ({ what, when, price }) => [
      `New: ${what}`,
      `Your ${what}${when} is confirmed; the customer has paid ${price}.`,
      'You are paid your share after it has taken place.',
    ],
  },
  booking_failed_refunded: {
    payer: ({ what, when, price, refunded }) => [
      `Not possible: ${what}`,
      `Your ${what}${when} could not be entered in the calendar.`,
      `Your payment is returned in full: ${refunded ?? price}. ${back}`,
    ],
    payee: ({ what, when }) => [
      `Not entered: ${what}`,
      `The ${what}${when} could not be entered in your calendar; the customer's payment is returned.`,
    ],
  },
  booking_cancelled: {
    payer: ({ what, when, refunded }) => [
      `Cancelled: ${what}`,
      `Your ${what}${when} is cancelled.`,
      refunded === null
        ? 'Whatever you are due back under the cancellation terms goes to where you paid from.'
        : `Returned to you under the cancellation terms: ${refunded}. ${back}`,
    ],
    payee: ({ what, when }) => [
      `Cancelled: ${what}`,
      `Your ${what}${when} is cancelled.`,
      'Whatever you are due under the cancellation terms is paid to you as usual.',
    ],
  },
  booking_rescheduled: {
    payer: ({ what, when }) => [
      `New time: ${what}`,
      `Your ${what} now takes place${when}.`,
      'Your payment stays as it is.',
    ],
    payee: ({ what, when }) => [`New time: ${what}`, `Your ${what} now takes place${when}.`],
  },
  payout_processed: {
    payer: ({ what }) => [
      `Completed: ${what}`,
      `Your ${what} is completed and your payment has been passed on.`,
    ],
    payee: ({ what, received, atBank }) => [
      `You have been paid for ${what}`,
      atBank
        ? `${received} for your ${what} is on its way to your bank.`
        : `${received} for your ${what} is in your account at Stripe.`,
    ],
  },
  dispute_filed: {
    payer: ({ what, price }) => [
      `Complaint received: ${what}`,
      `A complaint about your ${what} (${price}) was filed. ${noMove}`,
    ],
    payee: ({ what, price }) => [
      `Complaint filed: ${what}`,
      `A complaint about your ${what} (${price}) was filed. ${noMove}`,
      'Please send us what shows how it went.',
    ],
  },
  dispute_resolved: {
    payer: ({ what, verdict }) => [
      `Complaint decided: ${what}`,
      `The complaint about your ${what} is decided.${verdict.payer}`,
    ],
    payee: ({ what, verdict }) => [
      `Complaint decided: ${what}`,
      `The complaint about your ${what} is decided.${verdict.payee}`,
    ],
  },
  refund_processed: {
    payer: ({ what, refunded }) => [
      `Your refund for ${what}`,
      refunded === null
        ? `A refund for your ${what} was made and then refused by the bank; we are looking into it.`
        : `${refunded} for your ${what} is on its way back to you. ${back}`,
    ],
    payee: ({ what, refunded }) => [
      `Refunded: ${what}`,
      refunded === null
        ? `A refund for your ${what} was made and then refused by the bank; we are looking into it.`
        : `${refunded} for your ${what} was returned to the customer.`,
    ],
  },
  refund_failed: {
    payer: ({ what }) => [
      `Your refund for ${what} is delayed`,
      `Your bank did not take the refund for your ${what}. You need to do nothing: we will find another way.`,
    ],
    payee: ({ what }) => [
      `Refund delayed: ${what}`,
      `The refund for your ${what} did not reach the customer yet. You need to do nothing.`,
    ],
  },
  payment_failed: {
    payer: ({ what, price }) => [
      `Payment failed: ${what}`,
      `Your payment of ${price} for your ${what} did not go through.`,
      'Please update your card or choose another way to pay.',
    ],
    payee: ({ what, price }) => [
      `Payment failed: ${what}`,
      `The customer's payment of ${price} for your ${what} did not go through; they were asked to pay again.`,
    ],
  },
  action_needed: {
    payer: ({ what, price }) => [
      `Please confirm your payment: ${what}`,
      `Your bank asks you to confirm the payment of ${price} for your ${what}.`,
      'Without your confirmation it cannot be made.',
    ],
    payee: ({ what, price }) => [
      `Payment not confirmed yet: ${what}`,
      `The customer still has to confirm the payment of ${price} for your ${what} with their bank.`,
    ],
  },
  payment_disputed: {
    payer: ({ what, price }) => [
      `Your bank disputes a payment: ${what}`,
      `Your bank has disputed your payment of ${price} for your ${what}. If you did not ask for this, please tell us.`,
    ],
    payee: ({ what, price }) => [
      `The customer's bank disputes a payment: ${what}`,
      `The customer's bank has disputed the payment of ${price} for your ${what}; no money moves until it has decided.`,
      'Please send us what shows that it took place.',
    ],
  },
  transfer_waits: {
    payer: ({ what }) => [
      `Your payment for ${what}`,
      `Your payment for your ${what} is made; passing it on takes longer than usual. You need to do nothing.`,
    ],
    payee: ({ what }) => [
      `We cannot pay you yet: ${what}`,
      `Your share for your ${what} is ready, but your account at Stripe cannot receive it.`,
      'Please complete what Stripe asks of you; the money follows by itself.',
    ],
  },
};
