import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import { durationMs, iso, isoOrNull, parseInstant } from '../../domain/time.ts';
import type { MessageInContext } from '../../store/outbox.ts';
import type { Store } from '../../store/store.ts';
import type { ApiApp } from '../ports.ts';
import type { Travel } from './travel.ts';

/** What the helpers of demo mode are built on. */
export interface DevPorts {
  readonly store: Store;
  readonly clock: { now(): Instant };
  readonly travel: Travel;
  /** Where the stand-in calendar is; null where bookings go into a real one, or into none. */
  readonly calendarUrl: string | null;
  /** A message as it was sent, or as it would be sent now. */
  readonly shownMail: (message: MessageInContext) => ShownMail;
}

/** Where a message goes and what it says; null where nobody knows any more. */
export interface ShownMail {
  readonly to: string | null;
  readonly subject: string | null;
  readonly text: string | null;
}

/** Temporal keeps no timer beyond a hundred years, and no story of ours lasts ten. */
const farthestMs = 10 * 366 * 86_400_000;

const request = z.strictObject({ by: z.string().max(64).optional(), to: z.string().max(64).optional() });

const invalid = (pointer: string, detail: string): AppError =>
  new AppError('invalid', 'The request is not valid', [{ pointer, detail }]);

/** Mounts travel, the travelled clock, the outbox and the calendar's faults. Roles are checked before a request comes here. */
export const devRoutes =
  ({ store, clock, travel, calendarUrl, shownMail }: DevPorts) =>
  (app: ApiApp): void => {
    app.post('/_dev/travel', async (c) => {
      const goal = goalOf(await c.req.json<unknown>(), clock.now());
      return c.json(await travel.to(goal));
    });

    app.get('/_dev/clock', (c) => c.json({ now: iso(clock.now()) }));

    app.get('/_dev/outbox', async (c) => {
      const { cursor } = c.req.query();
      const page = await store.listMessages({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      const messages = await Promise.all(page.rows.map((row) => store.messageInContext(row)));
      const data = messages.map((one) => {
        const { id, kind, agreement, createdAt, sentAt } = one.message;
        const times = { createdAt: iso(createdAt), sentAt: isoOrNull(sentAt) };
        return { id, kind, ...shownMail(one), agreement, ...times };
      });
      return c.json({ data, hasMore: page.nextCursor !== null, nextCursor: page.nextCursor });
    });

    app.post('/_dev/calendar/faults', async (c) => {
      if (calendarUrl === null) throw new AppError('not_found', 'There is no stand-in calendar here');
      return c.json(await armed(calendarUrl, await c.req.json<unknown>()));
    });
  };

/** Hands a fault to the stand-in, which alone knows what can go wrong with it. */
async function armed(calendarUrl: string, fault: unknown): Promise<object> {
  const init = { method: 'POST', body: JSON.stringify(fault) };
  const answer = await fetch(new URL('/_cal/faults', calendarUrl), init);
  const said = (await answer.json()) as { error?: { message: string } };
  if (answer.ok) return said;
  throw invalid('', said.error?.message ?? `The calendar answered ${answer.status}`);
}

function goalOf(body: unknown, now: Instant): Instant {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw invalid('', 'Send {"by": "PT72H"} or {"to": "2026-12-01T00:00:00Z"}');
  const { by, to } = parsed.data;
  if ((by === undefined) === (to === undefined)) throw invalid('', 'Send either "by" or "to"');
  const goal = by === undefined ? toInstant(to) : now + toDuration(by);
  if (goal - now > farthestMs) throw invalid(by === undefined ? '/to' : '/by', 'is more than ten years away');
  if (goal <= now)
    throw invalid(by === undefined ? '/to' : '/by', `It is ${iso(now)}; time goes forward only`);
  return goal;
}

function toInstant(to: string | undefined): Instant {
  const at = parseInstant(to);
  if (at === null) throw invalid('/to', 'must be an ISO-8601 date-time with a zone');
  return at;
}

function toDuration(by: string): number {
  try {
    return durationMs(by);
  } catch (error) {
    if (error instanceof AppError) throw invalid('/by', error.message);
    throw error;
  }
}
