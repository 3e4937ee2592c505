import type { Context } from '../context.ts';
import { money } from '../output.ts';
import type { LessonView } from '../views.ts';
import { wholeNumber } from '../whole-number.ts';
import type { Kind } from './agreements.ts';
import { adminPathOf, diagnosticOf, pathOf } from './agreements.ts';

/** Lessons on the command line. */
export const lessonKind: Kind<LessonView> = {
  one: 'lesson',
  many: 'lessons',
  payee: ({ tutor }) => tutor.account,
  more: () => [],
};

/** How to capture a hold by hand. */
export interface CaptureOptions {
  readonly reason: string;
  readonly amount?: string;
  readonly dryRun?: boolean;
}

/** Captures the hold of one lesson now (L9), after showing what Stripe holds and what would be taken. */
export async function captureLesson(context: Context, id: string, options: CaptureOptions): Promise<void> {
  const { out, client, confirm } = context;
  const asked = options.amount === undefined ? {} : { amount: wholeNumber('--amount', options.amount) };
  const lesson = await client().get<LessonView>(pathOf(lessonKind, id));
  const { stripe, differences } = await diagnosticOf(client(), lessonKind, id);
  const { currency, amount: price } = lesson.payment;
  const { amount = price } = asked;
  const taken = `capture ${money(amount, currency)} of the hold ${lesson.payment.paymentIntentId ?? '(none)'}`;
  const plan = { lesson: id, state: lesson.state, amount, currency, stripe, differences };
  if (options.dryRun === true) {
    out.answer(plan, () => [`Would ${taken}; Stripe has ${JSON.stringify(stripe)}. Nothing was done.`]);
    return;
  }
  out.note(`${id} is ${lesson.state}, payment ${lesson.payment.state}.`);
  await confirm(`This will ${taken} from the student, before the lesson settles by itself. Go on?`);
  const answer = await client().post<{ message: string; lesson: LessonView }>(
    `${adminPathOf(lessonKind, id)}/capture`,
    { reason: options.reason, ...asked },
  );
  out.answer(answer, () => [answer.message], [answer.message]);
}
