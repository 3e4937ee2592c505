import { createRoute, z } from '@hono/zod-openapi';
import { checkedIn } from '../../proof/coherent/checked.ts';
import { coherent, unchecked } from '../../proof/coherent/coherent.ts';
import { gather } from '../../proof/coherent/gather.ts';
import { invariantIds } from '../../proof/coherent/run.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { answers, bearer, bodyOf, problems } from '../schemas/problem.ts';
import { isTemporalThere } from '../temporal.ts';

const figure = z.int().openapi({ description: 'In minor units, as Stripe has it' });

const verification = z
  .object({
    checked: z.object({
      agreements: z.int(),
      objects: z.int().openapi({ description: 'Objects read at Stripe' }),
      amounts: z.array(
        z.object({
          currency: z.string(),
          authorized: figure,
          captured: figure,
          refunded: figure,
          refundedElsewhere: figure,
          transferred: figure,
          reversed: figure,
          disputed: figure,
          paidOut: figure,
        }),
      ),
    }),
    violations: z.array(
      z.object({ invariant: z.enum(invariantIds), subject: z.string(), message: z.string() }),
    ),
    unchecked: z.array(z.string()).openapi({ description: 'What could not be looked at here, and why' }),
  })
  .openapi('Verification');

const verify = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/admin/verify',
  operationId: 'verify',
  tags: ['System'],
  summary: 'Hold every agreement against Stripe, the journal, the audit and Temporal; nothing is changed',
  request: bodyOf(z.strictObject({})),
  responses: { 200: answers(verification, 'What was checked, and what is not coherent'), ...problems },
});

/** Stripe's clock and ours are kept by different people; minutes apart is already an alarm of its own. */
const clockSkewMs = 5 * 60_000;

/** The check of money of a running instance: read-only, over everything it has. */
export function verifyRoutes(app: ApiApp, ports: ApiPorts): void {
  const { store, stripe, temporal, clock } = ports;
  app.openapi(verify, async (c) => {
    const run = await gather({
      store,
      stripe,
      now: clock.now(),
      quiescent: false,
      clockSkewMs,
      // Without Temporal all the rest can still be told.
      temporal: (await isTemporalThere(temporal)) ? temporal : undefined,
    });
    const { amounts, ...counts } = checkedIn(run);
    const checked = { ...counts, amounts: [...amounts] };
    return c.json({ checked, violations: coherent(run), unchecked: unchecked(run) }, 200);
  });
}
