import { randomBytes } from 'node:crypto';
import type { Stripe } from 'stripe';
import { page } from '../http/pages.ts';
import { clearableText, flag, freeMap, list, required, text } from '../http/parameters.ts';
import { invalidParameter, noSuch } from '../http/refusal.ts';
import { pageShape, route, type Call } from '../http/route.ts';
import { apiVersion } from '../webhooks/events.ts';
import { mergeMetadata } from './money.ts';

const found = (call: Call<unknown>): Stripe.WebhookEndpoint => {
  const row = call.world.tables.webhookEndpoints.get(call.ids[0], call.owner);
  if (row === undefined) throw noSuch('webhook endpoint', call.ids[0]);
  return row;
};

const create = route(
  'POST',
  '/v1/webhook_endpoints',
  {
    url: required(text),
    enabled_events: required(list(text)),
    connect: flag,
    description: clearableText,
    metadata: freeMap,
    api_version: text,
  },
  ({ world, owner, params }) => {
    const id = world.ids.next('we');
    const secret = `whsec_${randomBytes(24).toString('hex')}`;
    const { url, enabled_events: enabledEvents, connect = false } = params;
    world.tables.listeners.put({ id, url, secret, connect, enabledEvents });
    const row = world.tables.webhookEndpoints.put(
      {
        id,
        object: 'webhook_endpoint',
        api_version: params.api_version ?? null,
        application: null,
        created: world.clock.seconds(),
        description: params.description ?? null,
        enabled_events: enabledEvents,
        livemode: false,
        metadata: mergeMetadata(null, params.metadata),
        status: 'enabled',
        url,
      } satisfies Stripe.WebhookEndpoint,
      owner,
    );
    return { ...row, secret };
  },
  {
    check: ({ url, api_version: version }) => {
      if (!/^https?:\/\//.test(url))
        throw invalidParameter('url_invalid', 'Invalid URL: it must start with http:// or https://.', 'url');
      if (version !== undefined && version !== apiVersion)
        throw invalidParameter(
          'parameter_invalid',
          `The simulator renders events in ${apiVersion} only.`,
          'api_version',
        );
    },
  },
);

const update = route(
  'POST',
  '/v1/webhook_endpoints/:id',
  { url: text, enabled_events: list(text), description: clearableText, metadata: freeMap, disabled: flag },
  (call) => {
    const { world, params } = call;
    const before = found(call);
    const {
      url = before.url,
      enabled_events: enabledEvents = before.enabled_events,
      disabled = before.status === 'disabled',
    } = params;
    world.tables.listeners.patch(before.id, { url, enabledEvents: disabled ? [] : enabledEvents });
    return world.tables.webhookEndpoints.patch(before.id, {
      url,
      enabled_events: enabledEvents,
      status: disabled ? 'disabled' : 'enabled',
      metadata: mergeMetadata(before.metadata, params.metadata),
    });
  },
);

const remove = route('DELETE', '/v1/webhook_endpoints/:id', {}, (call) => {
  const { id } = found(call);
  call.world.tables.webhookEndpoints.delete(id);
  call.world.tables.listeners.delete(id);
  return { id, object: 'webhook_endpoint', deleted: true };
});

const retrieve = route('GET', '/v1/webhook_endpoints/:id', {}, found);

const all = route('GET', '/v1/webhook_endpoints', pageShape, (call) =>
  page(call, '/v1/webhook_endpoints', call.world.tables.webhookEndpoints.newestFirst(call.owner)),
);

/** Everything Stripe answers under /v1/webhook_endpoints. */
export const webhookEndpointRoutes = [create, update, remove, retrieve, all];
