import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { FieldError } from '../../domain/errors.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { Provider } from '../../store/providers.ts';
import { chargeProblems } from '../agreements/charge.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { idParam, pageOf, paging, shownPage } from '../schemas/fields.ts';
import { answers, bearer, bodyOf, problems } from '../schemas/problem.ts';
import type { ProviderRequest } from '../schemas/provider.ts';
import { provider, providerRequest } from '../schemas/provider.ts';

const tags = ['Providers'];

const create = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/providers',
  operationId: 'createProvider',
  tags,
  summary: 'Say whose time can be booked, for how much, and whose account is paid for it',
  request: bodyOf(providerRequest),
  responses: {
    201: answers(provider, 'Known from now on'),
    200: answers(provider, 'The same request again: the same provider'),
    ...problems,
  },
});

const list = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/providers',
  operationId: 'listProviders',
  tags,
  summary: 'Providers, newest first',
  request: { query: z.strictObject(paging) },
  responses: { 200: answers(pageOf(provider), 'One page'), ...problems },
});

const one = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/providers/{id}',
  operationId: 'getProvider',
  tags,
  summary: 'One provider',
  request: { params: idParam },
  responses: { 200: answers(provider, 'The provider'), ...problems },
});

const shown = ({ id, username, account, defaultPrice, currency, eventTypes }: Provider) => ({
  id,
  username,
  account,
  defaultPrice,
  currency,
  eventTypes: eventTypes.map((one) => ({ ...one })),
});

/** Making and reading providers. */
export function providerRoutes(app: ApiApp, ports: ApiPorts): void {
  const { store } = ports;

  app.openapi(create, async (c) => {
    const { row, created } = await claimed(ports, c.req.valid('json'));
    c.header('Location', `/api/providers/${row.id}`);
    return c.json(shown(row), created ? 201 : 200);
  });

  app.openapi(list, async (c) =>
    c.json(shownPage(await store.listProviders(c.req.valid('query')), shown), 200),
  );

  app.openapi(one, async (c) => {
    const { id } = c.req.valid('param');
    const row = await store.findProvider(id);
    if (row === null) throw new AppError('not_found', `There is no provider ${id}`);
    return c.json(shown(row), 200);
  });
}

/** The provider of a request, made now or there before; other content under the id is a conflict. */
async function claimed(
  { store, clock }: ApiPorts,
  request: ProviderRequest,
): Promise<{ row: Provider; created: boolean }> {
  const inputHash = contentHash(request);
  const known = await store.findProvider(request.id);
  if (known === null) {
    const account = await store.findAccount(request.account);
    const errors = problemsOf(request);
    if ((account?.stripeAccountId ?? null) === null) {
      errors.push({ pointer: '/account', detail: 'is not a known account' });
    }
    if (errors.length > 0) throw new AppError('invalid', 'The request is not valid', errors);
  }
  const eventTypes = request.eventTypes.map(({ price, ...rest }) => ({ ...rest, price: price ?? null }));
  const row = known ?? (await store.claimProvider({ ...request, eventTypes, inputHash, at: clock.now() }));
  if (row.inputHash === inputHash) return { row, created: known === null };
  throw new AppError('id_conflict', `Another provider has the id ${request.id}`);
}

function problemsOf({ currency, defaultPrice, eventTypes }: ProviderRequest): FieldError[] {
  const errors = chargeProblems({ amount: defaultPrice, currency }, '/defaultPrice');
  for (const [index, { id, price }] of eventTypes.entries()) {
    const place = `/eventTypes/${index}`;
    if (eventTypes.findIndex((other) => other.id === id) !== index) {
      errors.push({ pointer: `${place}/id`, detail: 'is the id of another event type' });
    }
    if (price !== undefined) errors.push(...chargeProblems({ amount: price, currency }, `${place}/price`));
  }
  return errors;
}
