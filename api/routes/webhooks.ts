import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { answers, problems } from '../schemas/problem.ts';
import { shownError } from '../shown-error.ts';
import { coalesced, drainInbox } from '../webhooks/drain.ts';
import { receiveEvent } from '../webhooks/receive.ts';

const receipt = z.object({ received: z.literal(true) });

const routeOf = (path: string, operationId: string, summary: string) =>
  createRoute({
    method: 'post',
    path,
    operationId,
    tags: ['Webhooks'],
    summary,
    // Described and not parsed: whoever signs wrongly is refused with the same answer as who does not sign.
    parameters: [
      {
        name: 'Stripe-Signature',
        in: 'header',
        description: 'Stripe’s signature of the raw body',
        schema: { type: 'string' },
      },
    ],
    responses: { 200: answers(receipt, 'The event is durable, or was before'), ...problems },
  });

const platform = routeOf('/api/webhooks/stripe', 'receiveStripeEvent', 'Events about the platform’s objects');
const connect = routeOf(
  '/api/webhooks/stripe-connect',
  'receiveStripeConnectEvent',
  'Events about connected accounts',
);

/** The doors for Stripe: an event is durable before the answer, and brought on its way after it. */
export function webhookRoutes(app: ApiApp, ports: ApiPorts): void {
  const wake = coalesced(
    () => drainInbox(ports),
    (error) =>
      ports.log.error({ error: shownError(error) }, 'the inbox could not be drained; the timer tries again'),
  );
  for (const [route, endpoint] of [
    [platform, 'platform'],
    [connect, 'connect'],
  ] as const) {
    app.openapi(route, async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer());
      const { isDue } = await receiveEvent(ports, endpoint, body, c.req.header('Stripe-Signature'));
      if (isDue) setImmediate(wake);
      return c.json({ received: true as const }, 200);
    });
  }
}
