import { createRoute, z } from '@hono/zod-openapi';
import { alertSeverities } from '../../domain/machine.ts';
import type { AlertType } from '../../domain/machine.ts';
import { iso, isoOrNull } from '../../domain/time.ts';
import type { Alert } from '../../store/alerts.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { pageOf, paging, queryFlag, shownInstant, shownPage, text } from '../schemas/fields.ts';
import { answers, bearer, bodyOf, problems } from '../schemas/problem.ts';

const tags = ['Alerts'];
const types = Object.keys(alertSeverities) as [AlertType, ...AlertType[]];

const alert = z
  .object({
    id: z.string(),
    type: z.enum(types),
    severity: z.enum(['medium', 'high', 'critical']),
    subject: z.string().openapi({ description: 'A workflowId or the id of an object' }),
    message: z.string(),
    count: z.int(),
    createdAt: shownInstant,
    updatedAt: shownInstant,
    resolvedAt: shownInstant.nullable(),
    resolvedBy: z.string().nullable(),
    resolution: z.string().nullable(),
  })
  .openapi('Alert');

const list = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/admin/alerts',
  operationId: 'listAlerts',
  tags,
  summary: 'What people should look at, newest first',
  request: {
    query: z.strictObject({
      ...paging,
      type: z.enum(types).optional(),
      subject: z.string().min(1).max(255).optional(),
      resolved: queryFlag.optional(),
    }),
  },
  responses: { 200: answers(pageOf(alert), 'One page'), ...problems },
});

const resolve = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/admin/alerts/{id}/resolve',
  operationId: 'resolveAlert',
  tags,
  summary: 'Note how an alert was dealt with',
  request: {
    params: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    ...bodyOf(z.strictObject({ resolution: text(500) })),
  },
  responses: { 200: answers(alert, 'The resolved alert'), ...problems },
});

const shownAlert = ({ createdAt, updatedAt, resolvedAt, ...rest }: Alert) => ({
  ...rest,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
  resolvedAt: isoOrNull(resolvedAt),
});

/** Reading and resolving alerts. */
export function alertRoutes(app: ApiApp, { store, clock }: ApiPorts): void {
  app.openapi(list, async (c) =>
    c.json(shownPage(await store.listAlerts(c.req.valid('query')), shownAlert), 200),
  );

  app.openapi(resolve, async (c) => {
    const { resolution } = c.req.valid('json');
    const { id } = c.req.valid('param');
    const by = c.get('caller').subject;
    return c.json(shownAlert(await store.resolveAlert({ id, by, resolution, at: clock.now() })), 200);
  });
}
