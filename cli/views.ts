/** What the command line reads of any agreement; the API answers more. */
export interface AgreementView {
  readonly id: string;
  readonly workflowId: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly payment: PaymentView;
  readonly nextWakeAt: string | null;
  readonly needsAttention: AttentionView | null;
}

/** A payment: the price, what happened to the money, and where it is in Stripe. */
export interface PaymentView extends Money {
  readonly state: string;
  readonly currency: string;
  readonly amount: number;
  readonly paymentIntentId: string | null;
  readonly chargeId: string | null;
  readonly transferId: string | null;
  readonly payoutId: string | null;
  readonly refundIds: readonly string[];
}

/** Why something waits for a person, and what the person can do. */
export interface AttentionView {
  readonly reason: string;
  readonly lastError: string;
  readonly commands: readonly string[];
}

/** A lesson. */
export interface LessonView extends AgreementView {
  readonly tutor: { readonly id: string; readonly account: string };
  readonly payment: PaymentView & { readonly setupIntentId: string | null };
}

/** A booking. */
export interface BookingView extends AgreementView {
  readonly provider: { readonly id: string; readonly username: string; readonly account: string };
  readonly hold: { readonly endsAt: string | null };
  readonly transferAttempts: number;
  readonly payment: PaymentView & { readonly sessionId: string | null };
  readonly dispute: {
    readonly by: string;
    readonly reason: string;
    readonly deadline: string;
    readonly outcome: { readonly outcome: string; readonly payeeSide: number } | null;
  } | null;
  readonly bankDisputes: readonly { readonly id: string; readonly status: string }[];
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

/** A dispute at the payer's bank. */
export interface DisputeView {
  readonly id: string;
  readonly state: string;
  readonly stripeStatus: string | null;
  /** The workflow id of the agreement whose payment is disputed. */
  readonly agreement: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly dueBy: string | null;
  readonly needsAttention: AttentionView | null;
}

/** The account of somebody who is paid. */
export interface AccountView {
  readonly id: string;
  readonly stripeAccountId: string;
  readonly status: string;
  readonly transfersEnabled: boolean;
  readonly payoutsEnabled: boolean;
  readonly frozen: boolean;
  readonly debt: readonly Debt[];
}

/** What somebody owes the platform in one currency. */
export interface Debt {
  readonly amount: number;
  readonly currency: string;
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
  readonly readAt: string;
  readonly ours: Readonly<Record<string, string | number | null>>;
  readonly stripe: Readonly<Record<string, string | number | null>> | null;
  readonly differences: readonly {
    field: string;
    ours: string | number | null;
    stripe: string | number | null;
  }[];
}

/** All money of an instance, held against Stripe. */
export interface VerificationView {
  readonly checked: {
    readonly agreements: number;
    readonly objects: number;
    readonly amounts: readonly {
      readonly currency: string;
      readonly captured: number;
      readonly refunded: number;
      readonly transferred: number;
      readonly reversed: number;
      readonly disputed: number;
      readonly paidOut: number;
    }[];
  };
  readonly violations: readonly {
    readonly invariant: string;
    readonly subject: string;
    readonly message: string;
  }[];
  readonly unchecked: readonly string[];
}
