import type { Context } from '../context.ts';
import { moment, money } from '../output.ts';
import type { DisputeView, Page } from '../views.ts';
import { attention, moreOf } from './agreements.ts';

const pathOf = (id: string): string => `/api/disputes/${encodeURIComponent(id)}`;

/** Which bank disputes to list. */
export interface DisputeListOptions {
  readonly state?: string;
  readonly limit: string;
}

/** Lists the disputes at payers' banks, the newest first, with the bank's deadline. */
export async function listDisputes({ out, client }: Context, options: DisputeListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  if (options.state !== undefined) query.set('state', options.state);
  const page = await client().get<Page<DisputeView>>(`/api/disputes?${query.toString()}`);
  const rows = page.data.map(({ id, state, amount, currency, reason, dueBy, agreement }) => [
    id,
    state,
    money(amount, currency),
    reason,
    moment(dueBy),
    agreement,
  ]);
  out.answer(
    page,
    () => [
      ...out.table(['dispute', 'state', 'amount', 'reason', 'answer by', 'about'], rows),
      ...moreOf(page, out),
    ],
    page.data.map(({ id }) => id),
  );
}

/** Shows one bank dispute and until when it can be answered. */
export async function showDispute({ out, client }: Context, id: string): Promise<void> {
  const dispute = await client().get<DisputeView>(pathOf(id));
  const { state, stripeStatus, amount, currency, reason, dueBy, agreement, needsAttention } = dispute;
  out.answer(
    dispute,
    () => [
      `${out.paint('bold', dispute.id)}  ${state}${stripeStatus === null ? '' : `, in Stripe ${stripeStatus}`}`,
      `${money(amount, currency)} of ${agreement}: ${reason}`,
      ...(dueBy === null ? [] : [`to be answered by ${moment(dueBy)}`]),
      ...attention(needsAttention, out),
    ],
    [state],
  );
}

/** What to tell the bank. */
export interface SubmitOptions {
  readonly reason: string;
  readonly statement?: string;
}

/** Sends the evidence of a bank dispute now; the bank reads one answer only. */
export async function submitDispute(context: Context, id: string, options: SubmitOptions): Promise<void> {
  const { reason, statement } = options;
  await answerBank(context, id, {
    verb: 'submit',
    question: (its) => `This will send the evidence about ${its} to the bank, which takes no second answer. Go on?`,
    body: { reason, ...(statement === undefined ? {} : { statement }) },
  });
} // prettier-ignore

/** Gives a bank dispute up: the money stays with the payer for good. */
export async function acceptDispute(context: Context, id: string, { reason }: { reason: string }): Promise<void> {
  await answerBank(context, id, {
    verb: 'accept',
    question: (its) => `This will give up ${its} for good: the money stays with the payer. Go on?`,
    body: { reason },
  });
} // prettier-ignore

interface AnswerToBank {
  readonly verb: string;
  readonly question: (its: string) => string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function answerBank(
  { out, client, confirm }: Context,
  id: string,
  { verb, question, body }: AnswerToBank,
): Promise<void> {
  const { amount, currency, agreement } = await client().get<DisputeView>(pathOf(id));
  await confirm(question(`${id}, ${money(amount, currency)} of ${agreement}`));
  const answer = await client().post<{ message: string }>(
    `/api/admin/disputes/${encodeURIComponent(id)}/${verb}`,
    body,
  );
  out.answer(answer, () => [answer.message], [answer.message]);
}
