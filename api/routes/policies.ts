import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { Policy } from '../../domain/policy.ts';
import { iso } from '../../domain/time.ts';
import type { PolicyVersion } from '../../store/policies.ts';
import { policyKey, policyName } from '../../store/policies.ts';
import { previewed } from '../policies/preview.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { idParam } from '../schemas/fields.ts';
import { policy, terms } from '../schemas/policy.ts';
import { preview, previewRequest } from '../schemas/preview.ts';
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
    query: z.strictObject({
      version: z.coerce.number().int().min(1).optional(),
      kind: z
        .enum(['lesson', 'booking'])
        .default('lesson')
        .openapi({ description: 'Which of the policies named "default" is meant' }),
    }),
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
  request: { params: idParam, ...bodyOf(terms) },
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

const shownPolicy = (row: PolicyVersion) => ({
  ...row.terms,
  id: policyName(row),
  version: row.version,
  createdAt: iso(row.createdAt),
  createdBy: row.createdBy,
});

/** Reading, changing and trying out policies. */
export function policyRoutes(app: ApiApp, ports: ApiPorts): void {
  const { store, clock } = ports;

  app.openapi(list, async (c) => c.json({ data: (await store.listPolicies()).map(shownPolicy) }, 200));

  app.openapi(one, async (c) => {
    const { id } = c.req.valid('param');
    const { version, kind } = c.req.valid('query');
    const key = policyKey(kind, id);
    const known = version === undefined ? await store.latestPolicy(key) : await store.policy(key, version);
    if (known === null) throw new AppError('not_found', `There is no such version of a policy ${id}`);
    return c.json(shownPolicy(known), 200);
  });

  app.openapi(put, async (c) => {
    const given: Policy = c.req.valid('json');
    const { id: name } = c.req.valid('param');
    const id = policyKey(given.kind, name);
    const by = c.get('caller').subject;
    const { created, policy: made } = await store.putPolicy({ id, terms: given, by, at: clock.now() });
    const kind = id === name ? '' : `&kind=${given.kind}`;
    c.header('Location', `/api/policies/${name}?version=${made.version}${kind}`);
    return c.json(shownPolicy(made), created ? 201 : 200);
  });

  app.openapi(tryOut, async (c) => c.json({ data: await previewed(ports, c.req.valid('json')) }, 200));
}
