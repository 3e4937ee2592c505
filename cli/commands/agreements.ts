import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { moneyTable } from '../money-table.ts';
import { moment, money } from '../output.ts';
import type { AgreementView, AttentionView, DiagnosticView, Page, TimelineLine } from '../views.ts';

/** One kind of agreement on the command line: its words, which are also its paths, and what only it has to tell. */
export interface Kind<View extends AgreementView> {
  readonly one: string;
  readonly many: string;
  readonly payee: (view: View) => string;
  /** Lines about one agreement beyond those that every kind has. */
  readonly more: (view: View) => readonly string[];
}

/** Where one agreement is found. */
export const pathOf = ({ many }: Pick<Kind<never>, 'many'>, id: string): string =>
  `/api/${many}/${encodeURIComponent(id)}`;

/** Where operators speak to it. */
export const adminPathOf = ({ many }: Pick<Kind<never>, 'many'>, id: string): string =>
  `/api/admin/${many}/${encodeURIComponent(id)}`;

/** Which agreements to list. */
export interface ListOptions {
  readonly state?: string;
  readonly account?: string;
  readonly needsAttention?: boolean;
  readonly limit: string;
}

/** Lists agreements of a kind, the newest first. */
export async function listAgreements<View extends AgreementView>(
  { out, client }: Context,
  { one, many }: Kind<View>,
  options: ListOptions,
): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  if (options.state !== undefined) query.set('state', options.state);
  if (options.account !== undefined) query.set('payeeAccount', options.account);
  if (options.needsAttention === true) query.set('needsAttention', 'true');
  const page = await client().get<Page<View>>(`/api/${many}?${query.toString()}`);
  const rows = page.data.map(({ id, state, payment, startsAt, nextWakeAt, needsAttention }) => [
    id,
    state,
    payment.state,
    money(payment.amount, payment.currency),
    moment(startsAt),
    moment(nextWakeAt),
    needsAttention?.reason ?? '',
  ]);
  const headings = [one, 'state', 'payment', 'price', 'starts', 'next wake', 'needs'];
  out.answer(
    page,
    () => [...out.table(headings, rows), ...moreOf(page, out)],
    page.data.map(({ id }) => id),
  );
}

/** Says that a list goes on where it does. */
export const moreOf = ({ hasMore }: Page<unknown>, out: Context['out']): string[] =>
  hasMore ? [out.paint('dim', 'there are more; use --limit')] : [];

/** Shows one agreement and where its money is. */
export async function showAgreement<View extends AgreementView>(
  { out, client }: Context,
  kind: Kind<View>,
  id: string,
): Promise<void> {
  const view = await client().get<View>(pathOf(kind, id));
  const { payment } = view;
  const stripeIds = [payment.paymentIntentId, payment.chargeId, payment.transferId, payment.payoutId].filter(
    Boolean,
  );
  const lines = (): string[] => [
    `${out.paint('bold', view.id)}  ${view.state}, payment ${payment.state}`,
    `${moment(view.startsAt)} to ${moment(view.endsAt)}, paid to ${kind.payee(view)}`,
    ...kind.more(view),
    ...(view.nextWakeAt === null ? [] : [`wakes by itself at ${moment(view.nextWakeAt)}`]),
    ...attention(view.needsAttention, out),
    ...(stripeIds.length === 0 ? [] : [out.paint('dim', stripeIds.join(' '))]),
    '',
    ...moneyTable(view, out),
  ];
  out.answer(view, lines, [view.state]);
}

/** What a person has to do, and with which commands. */
export const attention = (needs: AttentionView | null, out: Context['out']): string[] =>
  needs === null
    ? []
    : [
        out.paint(
          'red',
          `needs attention: ${needs.reason} (${needs.lastError}); helps: ${needs.commands.join(', ')}`,
        ),
      ];

/** Tells the story of one agreement. */
export async function showTimeline<View extends AgreementView>(
  { out, client }: Context,
  kind: Kind<View>,
  id: string,
): Promise<void> {
  const timeline = await client().get<{ data: readonly TimelineLine[] }>(`${pathOf(kind, id)}/timeline`);
  out.answer(timeline, () => timelineTable(timeline.data, out));
}

/** The story as a table. */
export function timelineTable(lines: readonly TimelineLine[], out: Context['out']): string[] {
  const rows = lines.map(({ at, what, actor, why, amount, currency, stripeIds }) => [
    moment(at),
    what,
    amount === null ? '' : money(amount, currency),
    actor,
    why ?? '',
    stripeIds.join(' '),
  ]);
  return out.table(['when', 'what', 'amount', 'who', 'why', 'in Stripe'], rows);
}

/** A payment as Stripe has it at this moment, beside ours. */
export const diagnosticOf = (
  client: Client,
  kind: Pick<Kind<never>, 'many'>,
  id: string,
): Promise<DiagnosticView> => client.get<DiagnosticView>(`${adminPathOf(kind, id)}/diagnostic`);
