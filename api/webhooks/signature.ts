import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';

// api/webhooks/: Stripe's events come in, are made durable, and reach the stories they concern as hints.
// Nothing here believes what an event says about money; it only says where to look.

/** How far an event's time may lie from ours, in the past and in the future: Stripe's own tolerance. */
const toleranceMs = 300_000;

const digestPattern = /^[0-9a-f]{64}$/;

/** Whether one of our secrets signed exactly these bytes a short while ago. */
export function isSigned(
  payload: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
  now: Instant,
): boolean {
  if (header === undefined || header.length > 2_000) return false;
  const parts = header.split(',').map((part) => part.trim().split('=', 2));
  const times = parts.filter(([name]) => name === 't').map(([, value]) => value ?? '');
  const [time = ''] = times;
  if (times.length !== 1 || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(now - Number(time) * 1000) > toleranceMs) return false;
  const given = parts.flatMap(([name, value = '']) =>
    name === 'v1' && digestPattern.test(value) ? [Buffer.from(value, 'hex')] : [],
  );
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(payload).digest();
    return given.some((one) => timingSafeEqual(one, expected));
  });
}
