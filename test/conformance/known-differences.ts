import type { Problem } from './spec.ts';

/** Something the pinned document says otherwise than the API version we use, and why. */
interface Difference {
  readonly kind: Problem['kind'];
  readonly at: string;
  readonly why: string;
}

/** A field that every object of the SDK's version carries and that came after the document. */
const newer = 'came with endive, where it is always sent';

/** Where the pinned document (2026-08-26.dahlia) and the SDK's version (2026-10-28.endive) differ, and nothing else. */
export const knownDifferences: readonly Difference[] = [
  { kind: 'unknown field', at: 'payment_intent.payment_record', why: newer },
  { kind: 'unknown field', at: 'payment_intent.source', why: newer },
  { kind: 'unknown field', at: 'charge.source', why: newer },
  { kind: 'unknown field', at: 'payment_method_details_card.electronic_commerce_indicator', why: newer },
  {
    kind: 'unknown field',
    at: 'account_business_profile.specified_commercial_transactions_act_url',
    why: newer,
  },
  {
    kind: 'unknown field',
    at: 'account_payments_settings.statement_descriptor_prefix_kana',
    why: "the SDK's type of the same settings requires it",
  },
  {
    kind: 'unknown field',
    at: 'account_payments_settings.statement_descriptor_prefix_kanji',
    why: "the SDK's type of the same settings requires it",
  },
  { kind: 'unknown field', at: 'checkout.session.allowed_payment_method_types', why: newer },
  {
    kind: 'unknown parameter',
    at: 'POST /v1/checkout/sessions allowed_payment_method_types',
    why: "the SDK's version takes it, and answers it as a field",
  },
  { kind: 'unknown field', at: 'dispute.intended_submission_method', why: newer },
  {
    kind: 'unknown parameter',
    at: 'POST /v1/disputes/{dispute} intended_submission_method',
    why: "the SDK's version takes it, and answers it as a field",
  },
  { kind: 'unknown field', at: 'dispute_evidence_details.submission_method', why: newer },
  {
    kind: 'wrong value',
    at: 'POST /v1/webhook_endpoints api_version',
    why: 'the document lists the versions up to its own; ours came after it',
  },
];

/** The problems that no known difference explains, one for each kind and place. */
export function unexplained(problems: readonly Problem[]): Problem[] {
  const each = new Map(problems.map((problem) => [`${problem.kind} ${problem.at}`, problem]));
  return [...each.values()].filter(
    ({ kind, at }) => !knownDifferences.some((known) => known.kind === kind && known.at === at),
  );
}

/** The known differences that none of these problems shows any more. */
export const stale = (problems: readonly Problem[]): readonly Difference[] =>
  knownDifferences.filter(({ kind, at }) => !problems.some((met) => met.kind === kind && met.at === at));
