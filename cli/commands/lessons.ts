import type { Context } from '../context.ts';
import { moneyTable } from '../money-table.ts';
import { moment, money } from '../output.ts';
import type { DiagnosticView, LessonView, Page, TimelineLine } from '../views.ts';

const pathOf = (id: string): string => `/api/lessons/${encodeURIComponent(id)}`;

/** Which lessons to list. */
export interface ListOptions {
  readonly state?: string;
  readonly account?: string;
  readonly needsAttention?: boolean;
  readonly limit: string;
}

/** Lists lessons, the newest first. */
export async function listLessons({ out, client }: Context, options: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  if (options.state !== undefined) query.set('state', options.state);
  if (options.account !== undefined) query.set('payeeAccount', options.account);
  if (options.needsAttention === true) query.set('needsAttention', 'true');
  const page = await client().get<Page<LessonView>>(`/api/lessons?${query.toString()}`);
  const rows = page.data.map(({ id, state, payment, startsAt, nextWakeAt, needsAttention }) => [
    id,
    state,
    payment.state,
    money(payment.amount, payment.currency),
    moment(startsAt),
    moment(nextWakeAt),
    needsAttention?.reason ?? '',
  ]);
  const headings = ['lesson', 'state', 'payment', 'price', 'starts', 'next wake', 'needs'];
  out.answer(
    page,
    () => [
      ...out.table(headings, rows),
      ...(page.hasMore ? [out.paint('dim', 'there are more; use --limit')] : []),
    ],
    page.data.map(({ id }) => id),
  );
}

/** Shows one lesson and where its money is. */
export async function showLesson({ out, client }: Context, id: string): Promise<void> {
  const lesson = await client().get<LessonView>(pathOf(id));
  out.answer(lesson, () => describe(lesson, out), [lesson.state]);
}

function describe(lesson: LessonView, out: Context['out']): string[] {
  const { payment, needsAttention } = lesson;
  const stripeIds = [payment.paymentIntentId, payment.chargeId, payment.transferId, payment.payoutId].filter(
    Boolean,
  );
  return [
    `${out.paint('bold', lesson.id)}  ${lesson.state}, payment ${payment.state}`,
    `${moment(lesson.startsAt)} to ${moment(lesson.endsAt)}, paid to ${lesson.tutor.account}`,
    ...(lesson.nextWakeAt === null ? [] : [`wakes by itself at ${moment(lesson.nextWakeAt)}`]),
    ...(needsAttention === null
      ? []
      : [
          out.paint(
            'red',
            `needs attention: ${needsAttention.reason} (${needsAttention.lastError}); helps: ${needsAttention.commands.join(', ')}`,
          ),
        ]),
    ...(stripeIds.length === 0 ? [] : [out.paint('dim', stripeIds.join(' '))]),
    '',
    ...moneyTable(lesson, out),
  ];
}

/** Tells the story of one lesson. */
export async function showTimeline({ out, client }: Context, id: string): Promise<void> {
  const timeline = await client().get<{ data: readonly TimelineLine[] }>(`${pathOf(id)}/timeline`);
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

/** How to capture a hold by hand. */
export interface CaptureOptions {
  readonly reason: string;
  readonly amount?: string;
  readonly dryRun?: boolean;
}

/** Captures the hold of one lesson now (L9), after showing what Stripe holds and what would be taken. */
export async function captureLesson(context: Context, id: string, options: CaptureOptions): Promise<void> {
  const { out, client, confirm } = context;
  const lesson = await client().get<LessonView>(pathOf(id));
  const { stripe, differences } = await client().get<DiagnosticView>(
    `/api/admin/lessons/${encodeURIComponent(id)}/diagnostic`,
  );
  const { currency, amount: price } = lesson.payment;
  const amount = options.amount === undefined ? price : Number(options.amount);
  const taken = `capture ${money(amount, currency)} of the hold ${lesson.payment.paymentIntentId ?? '(none)'}`;
  const plan = { lesson: id, state: lesson.state, amount, currency, stripe, differences };
  if (options.dryRun === true) {
    out.answer(plan, () => [`Would ${taken}; Stripe has ${JSON.stringify(stripe)}. Nothing was done.`]);
    return;
  }
  out.note(`${id} is ${lesson.state}, payment ${lesson.payment.state}.`);
  await confirm(`This will ${taken} from the student, before the lesson settles by itself. Go on?`);
  const body = { reason: options.reason, ...(options.amount === undefined ? {} : { amount }) };
  const answer = await client().post<{ message: string; lesson: LessonView }>(
    `/api/admin/lessons/${encodeURIComponent(id)}/capture`,
    body,
  );
  out.answer(answer, () => [answer.message], [answer.message]);
}
