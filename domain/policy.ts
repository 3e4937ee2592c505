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

export type Policy = LessonPolicy;

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
