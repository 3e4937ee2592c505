import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { previewLesson } from '../../domain/lesson/preview.ts';
import { minor } from '../../domain/money.ts';
import type { LessonPolicy } from '../../domain/policy.ts';
import { iso } from '../../domain/time.ts';
import type { PolicyVersion } from '../../store/policies.ts';
import { chargeProblems, scheduleProblems } from '../lessons/input.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { idParam } from '../schemas/fields.ts';
import { lessonTerms, policy, preview, previewRequest } from '../schemas/policy.ts';
import { answers, bearer, bodyOf, problems } from '../schemas/problem.ts';

const tags = ['Policies'];

const list = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/policies',
  operationId: 'listPolicies',
  tags,
  summary: 'The newest version of every policy',
  responses: { 200: answers(z.object({ data: z.array(policy) }), 'All policies'), ...problems },
});

const one = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/policies/{id}',
  operationId: 'getPolicy',
  tags,
  summary: 'One policy, in its newest version unless another is named',
  request: {
    params: idParam,
    query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: answers(policy, 'The policy'), ...problems },
});

const put = createRoute({
  ...bearer,
  method: 'put',
  path: '/api/admin/policies/{id}',
  operationId: 'putPolicy',
  tags,
  summary: 'Make a new version; running agreements keep theirs',
  request: { params: idParam, ...bodyOf(lessonTerms) },
  responses: {
    200: answers(policy, 'These terms are the newest version already'),
    201: answers(policy, 'A new version'),
    ...problems,
  },
});

const tryOut = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/policies/preview',
  operationId: 'previewPolicy',
  tags,
  summary: 'What terms mean for the money, course by course',
  request: bodyOf(previewRequest),
  responses: { 200: answers(preview, 'One row for each course of events'), ...problems },
});

const shownPolicy = ({ id, version, terms, createdAt, createdBy }: PolicyVersion) => ({
  ...terms,
  id,
  version,
  createdAt: iso(createdAt),
  createdBy,
});

/** Reading, changing and trying out policies. */
export function policyRoutes(app: ApiApp, { store, clock }: ApiPorts): void {
  const found = async (id: string, version?: number): Promise<PolicyVersion> => {
    const known = version === undefined ? await store.latestPolicy(id) : await store.policy(id, version);
    if (known === null) throw new AppError('not_found', `There is no such version of a policy ${id}`);
    return known;
  };

  app.openapi(list, async (c) => c.json({ data: (await store.listPolicies()).map(shownPolicy) }, 200));

  app.openapi(one, async (c) => {
    const { version } = c.req.valid('query');
    return c.json(shownPolicy(await found(c.req.valid('param').id, version)), 200);
  });

  app.openapi(put, async (c) => {
    const terms: LessonPolicy = c.req.valid('json');
    const { id } = c.req.valid('param');
    const { subject } = c.get('caller');
    const { created, policy: made } = await store.putPolicy({ id, terms, by: subject, at: clock.now() });
    c.header('Location', `/api/policies/${id}?version=${made.version}`);
    return c.json(shownPolicy(made), created ? 201 : 200);
  });

  app.openapi(tryOut, async (c) => {
    const { policy: given, id, ...question } = c.req.valid('json');
    const now = clock.now();
    const errors = [
      ...chargeProblems(question),
      ...scheduleProblems(question.startsAt, question.endsAt, now),
    ];
    const known = given ?? (id === undefined ? null : await store.latestPolicy(id))?.terms ?? null;
    if (known === null) errors.push({ pointer: '/id', detail: 'is not a known policy' });
    if (errors.length > 0 || known === null)
      throw new AppError('invalid', 'The request is not valid', errors);
    const data = previewLesson({ ...question, amount: minor(question.amount), terms: known, now });
    return c.json({ data }, 200);
  });
}
