import { page } from '../http/pages.ts';
import { flag, list, text } from '../http/parameters.ts';
import { noSuch } from '../http/refusal.ts';
import { listShape, route, type Call } from '../http/route.ts';
import { pendingWebhooks, wasDelivered } from '../webhooks/delivery.ts';
import type { SimEvent } from '../webhooks/events.ts';
import { daySeconds } from './money.ts';

/** Stripe lists events for 30 days. */
const listedFor = 30 * daySeconds;

const shown = (call: Call<unknown>, event: SimEvent): SimEvent => ({
  ...event,
  pending_webhooks: pendingWebhooks(call.world, event.id),
});

const retrieve = route('GET', '/v1/events/:id', {}, (call) => {
  const event = call.world.tables.events.get(call.ids[0], call.owner);
  if (event === undefined) throw noSuch('event', call.ids[0]);
  return shown(call, event);
});

const typeFits = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

const all = route(
  'GET',
  '/v1/events',
  { ...listShape, type: text, types: list(text), delivery_success: flag },
  (call) => {
    const { type, types, delivery_success: delivered } = call.params;
    const oldest = call.world.clock.seconds() - listedFor;
    const rows = call.world.tables.events
      .newestFirst(call.owner)
      .filter(
        (event) =>
          event.created >= oldest &&
          (type === undefined || typeFits(type, event.type)) &&
          (types === undefined || types.some((each) => typeFits(each, event.type))) &&
          (delivered === undefined || wasDelivered(call.world, event.id) === delivered),
      );
    const found = page(call, '/v1/events', rows);
    return { ...found, data: found.data.map((event) => shown(call, event)) };
  },
);

/** Everything Stripe answers under /v1/events. */
export const eventRoutes = [retrieve, all];
