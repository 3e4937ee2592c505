import { createRoute, z } from '@hono/zod-openapi';
import type { Metrics } from '../http/metrics.ts';
import { AppError } from '../../domain/errors.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { answers } from '../schemas/problem.ts';
import { isTemporalThere } from '../temporal.ts';

const tags = ['System'];
const health = z.object({
  status: z.enum(['ok', 'failed']),
  checks: z.record(z.string(), z.enum(['ok', 'failed'])),
});

const livez = createRoute({
  method: 'get',
  path: '/livez',
  operationId: 'isAlive',
  tags,
  summary: 'Whether this process runs',
  responses: { 200: answers(health, 'It does') },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'isReady',
  tags,
  summary: 'Whether this process can do its work',
  responses: { 200: answers(health, 'It can'), 503: answers(health, 'Something it needs is away') },
});

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  tags,
  summary: 'Measurements in the text format of Prometheus',
  responses: { 200: { description: 'Measurements', content: { 'text/plain': { schema: z.string() } } } },
});

/** How this process is: alive, able, measured. */
export function systemRoutes(
  app: ApiApp,
  { store, temporal, config }: ApiPorts,
  { registry }: Metrics,
): void {
  app.openapi(livez, (c) => c.json({ status: 'ok' as const, checks: {} }, 200));

  app.openapi(readyz, async (c) => {
    const [database, workflows] = await Promise.all([
      store.ping().then(
        () => true,
        () => false,
      ),
      isTemporalThere(temporal),
    ]);
    const word = (fine: boolean) => (fine ? ('ok' as const) : ('failed' as const));
    const isFine = database && workflows;
    const checks = { database: word(database), temporal: word(workflows) };
    return c.json({ status: word(isFine), checks }, isFine ? 200 : 503);
  });

  app.openapi(metricsRoute, async (c) => {
    if (!config.metricsHere) throw new AppError('not_found', 'There is nothing at this address');
    return c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}
