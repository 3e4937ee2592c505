import { createRoute } from '@hono/zod-openapi';
import { diagnose } from '../lessons/diagnostic.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { idParam } from '../schemas/fields.ts';
import { diagnostic } from '../schemas/lesson.ts';
import { answers, bearer, problems } from '../schemas/problem.ts';
import { foundLesson } from './lessons.ts';

const route = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/admin/lessons/{id}/diagnostic',
  operationId: 'diagnoseLesson',
  tags: ['Operations'],
  summary: 'A lesson’s payment as Stripe has it this moment, beside ours',
  request: { params: idParam },
  responses: { 200: answers(diagnostic, 'Both sides and where they differ'), ...problems },
});

/** The payment diagnostic. */
export function diagnosticRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(route, async (c) =>
    c.json(await diagnose(ports, await foundLesson(ports, c.req.valid('param').id)), 200),
  );
}
