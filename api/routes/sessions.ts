import { createRoute } from '@hono/zod-openapi';
import { cancelSession } from '../agreements/cancel-session.ts';
import { updateIdOf } from '../agreements/command.ts';
import type { Keeping } from '../http/idempotency.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import type { CancelledSeats } from '../schemas/booking-request.ts';
import { cancelledSeats, sessionCancellation } from '../schemas/booking-request.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';

const cancel = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/sessions/cancel',
  operationId: 'cancelSession',
  tags: ['Bookings'],
  summary: 'Cancel every seat of a session, each on its own',
  request: { headers: idempotencyHeader, ...bodyOf(sessionCancellation) },
  responses: { 200: answers(cancelledSeats, 'What came of each seat'), ...problems },
});

/** Ids and reasons only: the answer is kept as it is. */
const keptWhole: Keeping<CancelledSeats> = {
  forget: (body) => body,
  recall: async (kept) => kept as CancelledSeats,
};

/** What concerns all seats of one session. */
export function sessionRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(cancel, async (c) => {
    const request = c.req.valid('json');
    const key = idempotencyKey(c, true);
    const { subject } = c.get('caller');
    const asking = {
      requestId: c.get('requestId'),
      updateIdOf: (workflowId: string) => updateIdOf(subject, `${c.req.path}/${workflowId}`, key ?? ''),
    };
    const { body } = await once(c, ports, key, request, keptWhole, async () => {
      const data = await cancelSession(ports, request, asking);
      const isFinal = data.every(({ problem }) => problem?.retryable !== true);
      return { status: 200, body: { data }, isFinal };
    });
    return c.json(body, 200);
  });
}
