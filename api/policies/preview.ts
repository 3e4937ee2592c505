import { scheduleProblem } from '../../domain/booking/accept.ts';
import { longestSessionMinutes } from '../../domain/booking/commands.ts';
import { previewBooking } from '../../domain/booking/preview.ts';
import { AppError } from '../../domain/errors.ts';
import type { FieldError } from '../../domain/errors.ts';
import { previewLesson } from '../../domain/lesson/preview.ts';
import { minor } from '../../domain/money.ts';
import type { PreviewRow } from '../../domain/payment/preview.ts';
import type { Instant } from '../../domain/time.ts';
import { policyKey } from '../../store/policies.ts';
import { chargeProblems } from '../agreements/charge.ts';
import { scheduleProblems } from '../agreements/lesson-start.ts';
import type { ApiPorts } from '../ports.ts';
import type { PreviewRequest } from '../schemas/preview.ts';

/** What terms mean for the money, course by course; throws `invalid` naming every field that is wrong. */
export async function previewed({ store, clock }: ApiPorts, request: PreviewRequest): Promise<PreviewRow[]> {
  const { kind, id, amount, currency, startsAt, endsAt } = request;
  const now = clock.now();
  const stored = id === undefined ? null : await store.latestPolicy(policyKey(kind, id));
  const terms = request.policy ?? stored?.terms ?? null;
  const isFitting = terms !== null && terms.kind === kind;
  const schedule = kind === 'lesson' ? scheduleProblems : sessionProblems;
  const errors = [...chargeProblems(request), ...schedule(startsAt, endsAt, now)];
  if (!isFitting) errors.push({ pointer: '/id', detail: `is not a known ${kind} policy` });
  if (errors.length > 0 || !isFitting) throw new AppError('invalid', 'The request is not valid', errors);
  const question = { amount: minor(amount), currency, startsAt, now };
  return terms.kind === 'lesson'
    ? previewLesson({ ...question, terms, endsAt })
    : previewBooking({ ...question, terms, durationMinutes: (endsAt - startsAt) / 60_000 });
}

/** Why a session cannot take place then. */
function sessionProblems(startsAt: Instant, endsAt: Instant, now: Instant): FieldError[] {
  const problem = scheduleProblem(startsAt, now);
  const minutes = (endsAt - startsAt) / 60_000;
  const fits = Number.isSafeInteger(minutes) && minutes > 0 && minutes <= longestSessionMinutes;
  return [
    ...(problem === null ? [] : [{ pointer: '/startsAt', detail: problem.replace('startTime', 'startsAt') }]),
    ...(fits ? [] : [{ pointer: '/endsAt', detail: 'must be whole minutes after startsAt, a day at most' }]),
  ];
}
