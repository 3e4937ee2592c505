import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { Account } from '../../store/accounts.ts';
import { freshOnboardingUrl, onboard } from '../accounts/onboard.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { account, accountRequest, newAccount, onboardingLink } from '../schemas/account.ts';
import { idParam, pageOf, paging, shownPage } from '../schemas/fields.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';

const tags = ['Accounts'];

const create = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/accounts',
  operationId: 'createAccount',
  tags,
  summary: 'Open a payee’s account at Stripe and hand out the link to its form',
  request: { headers: idempotencyHeader, ...bodyOf(accountRequest) },
  responses: {
    201: answers(newAccount, 'Opened'),
    200: answers(newAccount, 'The same request again: the same account'),
    ...problems,
  },
});

const one = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/accounts/{id}',
  operationId: 'getAccount',
  tags,
  summary: 'A payee’s account, kept in step with Stripe by webhooks',
  request: { params: idParam },
  responses: { 200: answers(account, 'The account'), ...problems },
});

const list = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/accounts',
  operationId: 'listAccounts',
  tags,
  summary: 'Payees’ accounts, newest first',
  request: { query: z.strictObject(paging) },
  responses: { 200: answers(pageOf(account), 'One page'), ...problems },
});

const link = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/accounts/{id}/onboarding-link',
  operationId: 'createOnboardingLink',
  tags,
  summary: 'A fresh link to Stripe’s form',
  request: { params: idParam },
  responses: { 200: answers(onboardingLink, 'The link, while something is left to fill in'), ...problems },
});

const shown = (row: Account) => ({
  id: row.id,
  stripeAccountId: row.stripeAccountId ?? '',
  email: row.email,
  country: row.country,
  type: row.type,
  status: row.status,
  transfersEnabled: row.transfersEnabled,
  payoutsEnabled: row.payoutsEnabled,
});

/** An account that is open; throws `not_found`. */
async function opened({ store }: ApiPorts, id: string): Promise<Account> {
  const row = await store.findAccount(id);
  const isOpened = row !== null && row.stripeAccountId !== null;
  // A row without an account at Stripe is a beginning whose answer was lost; the same request finishes it.
  if (!isOpened) throw new AppError('not_found', `There is no account ${id}`);
  return row;
}

/** An account with what its payee owes, and whether their money is stopped. */
export async function shownAccount({ store }: ApiPorts, row: Account) {
  const [debt, isFrozenAll] = await Promise.all([store.debtsOf(row.id), store.isFrozenAll()]);
  return { ...shown(row), debt, frozen: row.frozen || isFrozenAll };
}

/** Opening and reading payees' accounts. */
export function accountRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(create, async (c) => {
    const request = c.req.valid('json');
    const kept = {
      // An address of the form is a way in, and the e-mail address is a person's: neither is kept.
      forget: () => null,
      recall: async () => ({ ...shown(await opened(ports, request.id)), onboardingUrl: null }),
    };
    const { status, body } = await once(c, ports, idempotencyKey(c, false), request, kept, async () => {
      const { account: row, created, onboardingUrl } = await onboard(ports, request);
      return { status: created ? 201 : 200, body: { ...shown(row), onboardingUrl }, isFinal: true };
    });
    c.header('Location', `/api/accounts/${body.id}`);
    return c.json(body, status as 200 | 201);
  });

  app.openapi(one, async (c) =>
    c.json(await shownAccount(ports, await opened(ports, c.req.valid('param').id)), 200),
  );

  app.openapi(list, async (c) => {
    const { rows, nextCursor } = await ports.store.listAccounts(c.req.valid('query'));
    const page = { rows: await Promise.all(rows.map((row) => shownAccount(ports, row))), nextCursor };
    return c.json(
      shownPage(page, (row) => row),
      200,
    );
  });

  app.openapi(link, async (c) => {
    const { stripeAccountId } = await opened(ports, c.req.valid('param').id);
    return c.json({ onboardingUrl: await freshOnboardingUrl(ports, stripeAccountId ?? '') }, 200);
  });
}
