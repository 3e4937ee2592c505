import { AppError } from '../../domain/errors.ts';
import type { FieldError } from '../../domain/errors.ts';
import { scheduleProblem } from '../../domain/lesson/accept.ts';
import { currentRules } from '../../domain/lesson/lesson.ts';
import type { LessonInput } from '../../domain/lesson/lesson.ts';
import { chargeProblem, currencies, minor } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import type { ApiPorts } from '../ports.ts';
import type { LessonRequest } from '../schemas/lesson-request.ts';

/** Turns a request into what the story is started with, or throws `invalid` naming every field that is wrong. */
export async function lessonInput(
  { store, clock }: ApiPorts,
  request: LessonRequest,
  id: string,
): Promise<LessonInput> {
  const now = clock.now();
  const { student, tutor, currency, startsAt, endsAt } = request;
  const account = await store.findAccount(tutor.account);
  const policy = await store.latestPolicy(request.policy);
  const stripeAccount = account?.stripeAccountId ?? null;
  const errors = [...chargeProblems(request), ...scheduleProblems(startsAt, endsAt, now)];
  if (stripeAccount === null) errors.push({ pointer: '/tutor/account', detail: 'is not a known account' });
  if (policy?.kind !== 'lesson') errors.push({ pointer: '/policy', detail: 'is not a known lesson policy' });
  if (errors.length > 0 || stripeAccount === null || policy === null) {
    throw new AppError('invalid', 'The request is not valid', errors);
  }
  return {
    rules: currentRules,
    id,
    openedAt: now,
    amount: minor(request.amount),
    currency,
    startsAt,
    endsAt,
    student: { id: student.id, paymentMethod: student.paymentMethod ?? null },
    tutor: { id: tutor.id, account: tutor.account, stripeAccount },
    policy: { id: policy.id, version: policy.version, terms: policy.terms },
  };
}

/** Why this amount cannot be charged in this currency. */
export function chargeProblems({ amount, currency }: { amount: number; currency: string }): FieldError[] {
  if (!Object.hasOwn(currencies, currency)) return [{ pointer: '/currency', detail: 'is not supported' }];
  const problem = chargeProblem(amount, currency);
  return problem === null ? [] : [{ pointer: '/amount', detail: problem }];
}

/** Why a lesson cannot take place then. */
export function scheduleProblems(startsAt: Instant, endsAt: Instant, now: Instant): FieldError[] {
  const problem = scheduleProblem(startsAt, endsAt, now);
  if (problem === null) return [];
  return [{ pointer: problem.startsWith('startsAt') ? '/startsAt' : '/endsAt', detail: problem }];
}
