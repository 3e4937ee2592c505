/** An ISO-8601 duration of days, hours, minutes and seconds. */
export type Duration = string;

/** What is charged when a lesson ends before its scheduled end (L11). */
export type EarlyEnd =
  | { readonly rule: 'full' }
  | { readonly rule: 'pro_rata'; readonly roundUpTo: Duration }
  | { readonly rule: 'minimum'; readonly minimumBps: number; readonly roundUpTo: Duration };

/** What a cancellation by the payer costs when at least this long remains before the start (L13). */
export interface CancelTier {
  readonly atLeastBeforeStart: Duration;
  readonly chargeBps: number;
}

export type NoShowFate = 'capture' | 'release';

/** The deadlines of a complaint on the platform (L14, B11). */
export interface DisputePolicy {
  readonly escalateAfter: Duration;
  readonly resolveAfter: Duration;
  readonly resolveAs: 'refund' | 'release';
}

/** Every number a lesson is settled by; pinned into the workflow's input, so running lessons keep theirs. */
export interface LessonPolicy {
  readonly kind: 'lesson';
  readonly platformFeeBps: number;
  readonly earlyEnd: EarlyEnd;
  readonly noShow: { readonly student: NoShowFate; readonly tutor: NoShowFate; readonly both: NoShowFate };
  readonly cancelTiers: readonly CancelTier[];
  /** How long the payer has to pay or to answer a bank's question. */
  readonly payDeadline: Duration;
  /** A lesson too far away for a card hold is held this long before its start (L12). */
  readonly holdLead: Duration;
  /** The life of a hold we may count on before Stripe tells us the real one (A4: Visa, merchant-initiated). */
  readonly holdLife: Duration;
  /** Money still undecided this long before the hold dies is captured to the platform (L14). */
  readonly holdMargin: Duration;
  readonly graceAfterEnd: Duration;
  readonly dispute: DisputePolicy;
  /** Definitive refusals of one money move before it waits for a person. */
  readonly moneyTries: number;
  /** What happens to a charge that came out below what Stripe can charge. */
  readonly belowMinimum: 'release' | 'charge_minimum';
}

/** Every number a booking is settled by (B1-B18); pinned into the workflow's input, so running bookings keep theirs. */
export interface BookingPolicy {
  readonly kind: 'booking';
  readonly platformFeeBps: number;
  /** The window in which the money stays with the platform: from the payment, or from the later of payment and session end (B8). */
  readonly hold: { readonly anchor: 'session_end' | 'payment'; readonly for: Duration };
  /** How long a checkout may stay unpaid before it gives its seat back (B18). */
  readonly checkoutExpires: Duration;
  /** Definitive refusals of the transfer before it waits for a person (B10). */
  readonly transferTries: number;
  readonly moneyTries: number;
  /** How much of one payment to the payee may be kept against older debts, and how much of it they always get (B15). */
  readonly debtNetting: { readonly capBps: number; readonly floor: number };
  /** A debt older than this is told to people. */
  readonly debtAlertAfter: Duration;
  /** Stripe wants money paid out within this; a window that ends later is told to people (stripe-rules D6). */
  readonly maxHold: Duration;
  readonly cancelTiers: readonly CancelTier[];
  readonly noShow: {
    readonly attendee: NoShowFate;
    readonly provider: NoShowFate;
    readonly both: NoShowFate;
  };
  readonly dispute: DisputePolicy;
  /** What an early fraud warning does: the money waits for a person, or goes back at once up to an amount (F5). */
  readonly fraudWarning: { readonly action: 'hold' | 'refund'; readonly refundUpTo: number };
  readonly belowMinimum: 'release' | 'charge_minimum';
}

/** How a bank's dispute is answered: the evidence goes out by itself this long before the bank's deadline (B16). */
export const submitEvidenceBefore: Duration = 'P2D';

export type Policy = LessonPolicy | BookingPolicy;

/** A policy as an agreement pins it: the name, the version and the terms themselves. */
export interface PinnedPolicy<Terms extends Policy = Policy> {
  readonly id: string;
  readonly version: number;
  readonly terms: Terms;
}

/** The terms a lesson has when nobody chose others: the defaults of the specification. */
export const defaultLessonPolicy: LessonPolicy = {
  kind: 'lesson',
  platformFeeBps: 2000,
  earlyEnd: { rule: 'full' },
  noShow: { student: 'capture', tutor: 'release', both: 'release' },
  cancelTiers: [
    { atLeastBeforeStart: 'PT24H', chargeBps: 0 },
    { atLeastBeforeStart: 'PT0S', chargeBps: 5000 },
  ],
  payDeadline: 'PT30M',
  holdLead: 'PT36H',
  holdLife: 'P4DT18H',
  holdMargin: 'PT6H',
  graceAfterEnd: 'PT0S',
  dispute: { escalateAfter: 'P14D', resolveAfter: 'P60D', resolveAs: 'refund' },
  moneyTries: 3,
  belowMinimum: 'release',
};

/** The terms a booking has when nobody chose others: the defaults of the specification. */
export const defaultBookingPolicy: BookingPolicy = {
  kind: 'booking',
  platformFeeBps: 1000,
  hold: { anchor: 'session_end', for: 'PT72H' },
  checkoutExpires: 'PT30M',
  transferTries: 3,
  moneyTries: 3,
  debtNetting: { capBps: 5000, floor: 0 },
  debtAlertAfter: 'P30D',
  maxHold: 'P90D',
  cancelTiers: defaultLessonPolicy.cancelTiers,
  noShow: { attendee: 'capture', provider: 'release', both: 'release' },
  dispute: defaultLessonPolicy.dispute,
  fraudWarning: { action: 'hold', refundUpTo: 0 },
  belowMinimum: 'release',
};
