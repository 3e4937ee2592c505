import type Stripe from 'stripe';
import type { AgreementState } from '../domain/kinds.ts';
import type { machines } from '../domain/kinds.ts';
import { iso } from '../domain/time.ts';
import type { Ports } from './tasks.ts';

/** Stripe takes 150,000 characters of evidence in all; a story told in a third of that is long. */
const longestText = 40_000;

/** The evidence pack of an agreement: who booked what and when, what happened to it line by line, and what people add. */
export async function evidenceOf(
  { store }: Ports,
  workflowId: string,
  statement: string | null,
): Promise<Stripe.DisputeUpdateParams.Evidence> {
  const row = await store.findAgreement(workflowId);
  if (row === null) return { uncategorized_text: statement ?? '' };
  const state = row.state as AgreementState;
  const { name, email } = row.contacts['attendee'] ?? row.contacts['student'] ?? {};
  const story = state.story.map(({ at, what, actor, why, stripeIds }) =>
    [iso(at), what, `by ${actor}`, why, stripeIds.join(' ')].filter(Boolean).join(' · '),
  );
  const text = (lines: readonly string[]): string => lines.join('\n').slice(0, longestText);
  const statements = 'dispute' in state ? (state.dispute?.statements ?? []) : [];
  const kind = row.kind as keyof typeof machines;
  return {
    product_description: `${kind} ${row.id}`,
    ...('startsAt' in state ? { service_date: iso(state.startsAt) } : {}),
    ...(name ? { customer_name: name } : {}),
    ...(email ? { customer_email_address: email } : {}),
    access_activity_log: text(story),
    uncategorized_text: text([
      ...(statement === null ? [] : [statement]),
      ...statements.map((one) => `${iso(one.at)} ${one.by}: ${one.text} ${one.links.join(' ')}`),
    ]),
  };
}
