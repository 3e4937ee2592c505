import { setTimeout as sleep } from 'node:timers/promises';
import { createRoute } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { bookingStateOf } from '../agreements/booking-face.ts';
import { order } from '../agreements/command.ts';
import { found } from '../agreements/face.ts';
import type { ShownCheckout } from '../checkout/shown-checkout.ts';
import { readCheckout } from '../checkout/shown-checkout.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { checkout, sessionParam } from '../schemas/checkout.ts';
import { answers, problems } from '../schemas/problem.ts';

const tags = ['Checkout'];

const one = createRoute({
  method: 'get',
  path: '/checkout/sessions/{session}',
  operationId: 'getCheckout',
  tags,
  summary: 'A checkout, for the page it is paid on; the session’s id is the key',
  request: { params: sessionParam },
  responses: { 200: answers(checkout, 'The checkout'), ...problems },
});

const refresh = createRoute({
  method: 'post',
  path: '/checkout/sessions/{session}/refresh',
  operationId: 'refreshCheckout',
  tags,
  summary: 'Have Stripe read again, for a customer who comes back before Stripe’s news do',
  request: { params: sessionParam },
  responses: { 200: answers(checkout, 'The checkout'), ...problems },
});

/** Anybody with a session's id may ask, and each look costs a read at Stripe. */
const lookEveryMs = 2_000;
/** A read takes a fraction of this; the page asks again anyway. */
const waitsForLookMs = 3_000;
const lookAgainMs = 50;

/** What the pages of a checkout ask for; no token, as customers have none. */
export function checkoutRoutes(app: ApiApp, ports: ApiPorts): void {
  const lookedAt = new Map<string, number>();
  const mayLook = (session: string): boolean => {
    const now = Date.now();
    for (const [id, at] of lookedAt) if (now - at >= lookEveryMs) lookedAt.delete(id);
    if (lookedAt.has(session)) return false;
    lookedAt.set(session, now);
    return true;
  };

  app.openapi(one, async (c) => c.json(await known(ports, c.req.valid('param').session), 200));

  app.openapi(refresh, async (c) => {
    const { session } = c.req.valid('param');
    const { status, booking } = await known(ports, session);
    const isUndecided = status === 'open' || status === 'processing';
    if (isUndecided && mayLook(session)) await look(ports, booking);
    return c.json(await known(ports, session), 200);
  });
}

async function known(ports: ApiPorts, session: string): Promise<ShownCheckout> {
  const shown = await readCheckout(ports, session);
  if (shown === null) throw new AppError('not_found', 'There is no such checkout');
  return shown;
}

/** Tells the booking to read Stripe again and waits a moment for what it finds; what is refused changes nothing. */
async function look(ports: ApiPorts, id: string): Promise<void> {
  const reason = 'The customer looks at the checkout';
  const body = { by: 'attendee', reason };
  const deadline = Date.now() + waitsForLookMs;
  try {
    await order(ports, { kind: 'booking', id, name: 'sync', body, actor: 'attendee', reason, updateId: undefined });
  } catch (error) {
    if (error instanceof AppError && error.code !== 'internal') return;
    throw error;
  }
  while (Date.now() < deadline && bookingStateOf(await found(ports, 'booking', id)).payment.stale) {
    await sleep(lookAgainMs);
  }
} // prettier-ignore
