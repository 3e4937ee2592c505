import { AppError } from '../../domain/errors.ts';
import type { FieldError } from '../../domain/errors.ts';
import { scheduleProblem } from '../../domain/lesson/accept.ts';
import { currentRules } from '../../domain/lesson/lesson.ts';
import type { LessonInput } from '../../domain/lesson/lesson.ts';
import { minor } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import { policyKey } from '../../store/policies.ts';
import type { ApiPorts } from '../ports.ts';
import type { LessonRequest } from '../schemas/lesson-request.ts';
import { chargeProblems } from './charge.ts';
import { lessonStateOf } from './lesson-face.ts';
import { startAgreement } from './start.ts';
import type { Started } from './start.ts';

/** Starts a lesson once: the payment is authorized, saved, declined, parked or the customer's turn when it answers. */
export function startLesson(ports: ApiPorts, request: LessonRequest, id: string): Promise<Started> {
  const { email, name } = request.student;
  const contacts = { student: { email: email ?? null, name: name ?? null } };
  const compose = async () => ({ input: await lessonInput(ports, request, id), contacts });
  return startAgreement(ports, { kind: 'lesson', id, request, compose, isDecided });
}

function isDecided(row: Agreement): boolean {
  const { payment, parked } = lessonStateOf(row);
  if (row.paymentState !== 'pending' || row.status !== 'awaiting_payment' || parked !== null) return true;
  const clientSecret = payment.intent?.clientSecret ?? payment.card?.clientSecret ?? null;
  return clientSecret !== null;
}

/** Turns a request into what the story is started with, or throws `invalid` naming every field that is wrong. */
async function lessonInput(
  { store, clock }: ApiPorts,
  request: LessonRequest,
  id: string,
): Promise<LessonInput> {
  const now = clock.now();
  const { student, tutor, currency, startsAt, endsAt } = request;
  const account = await store.findAccount(tutor.account);
  const policy = await store.latestPolicy(policyKey('lesson', request.policy));
  const terms = policy?.terms.kind === 'lesson' ? policy.terms : null;
  const stripeAccount = account?.stripeAccountId ?? null;
  const errors = [...chargeProblems(request), ...scheduleProblems(startsAt, endsAt, now)];
  if (stripeAccount === null) errors.push({ pointer: '/tutor/account', detail: 'is not a known account' });
  if (terms === null) errors.push({ pointer: '/policy', detail: 'is not a known lesson policy' });
  if (errors.length > 0 || stripeAccount === null || policy === null || terms === null) {
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
    policy: { id: request.policy, version: policy.version, terms },
  };
}

/** Why a lesson cannot take place then. */
export function scheduleProblems(startsAt: Instant, endsAt: Instant, now: Instant): FieldError[] {
  const problem = scheduleProblem(startsAt, endsAt, now);
  if (problem === null) return [];
  return [{ pointer: problem.startsWith('startsAt') ? '/startsAt' : '/endsAt', detail: problem }];
}
