/** What the command line reads of a lesson; the API answers more. */
export interface LessonView {
  readonly id: string;
  readonly workflowId: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly tutor: { readonly id: string; readonly account: string };
  readonly payment: Money & {
    readonly state: string;
    readonly currency: string;
    readonly amount: number;
    readonly captureBefore: string | null;
    readonly paymentIntentId: string | null;
    readonly setupIntentId: string | null;
    readonly chargeId: string | null;
    readonly transferId: string | null;
    readonly payoutId: string | null;
    readonly refundIds: readonly string[];
  };
  readonly nextWakeAt: string | null;
  readonly needsAttention: {
    readonly reason: string;
    readonly lastError: string;
    readonly commands: readonly string[];
  } | null;
}

/** What happened to the money of one agreement, in minor units. */
export interface Money {
  readonly authorized: number;
  readonly captured: number;
  readonly released: number;
  readonly refunded: number;
  readonly feeEarned: number;
  readonly transferred: number;
  readonly reversed: number;
  readonly netted: number;
  readonly disputed: number;
  readonly advanced: number;
  readonly held: number;
  readonly paidOut: number;
}

/** One line of a timeline. */
export interface TimelineLine {
  readonly at: string;
  readonly what: string;
  readonly actor: string;
  readonly why: string | null;
  readonly stripeIds: readonly string[];
  readonly amount: number | null;
  readonly currency: string;
}

/** One page of a list. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** An alert. */
export interface AlertView {
  readonly id: string;
  readonly type: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly count: number;
  readonly createdAt: string;
  readonly resolvedAt: string | null;
}

/** A payment as Stripe has it, beside ours. */
export interface DiagnosticView {
  readonly lesson: string;
  readonly readAt: string;
  readonly ours: Readonly<Record<string, string | number | null>>;
  readonly stripe: Readonly<Record<string, string | number | null>> | null;
  readonly differences: readonly {
    field: string;
    ours: string | number | null;
    stripe: string | number | null;
  }[];
}
