import { createRoute } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { freezeAccount, freezeEverybody } from '../accounts/freeze.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { account, freezing, frozenAll } from '../schemas/account.ts';
import { idParam } from '../schemas/fields.ts';
import { answers, bearer, bodyOf, problems } from '../schemas/problem.ts';
import { shownAccount } from './accounts.ts';

type Word = 'freeze' | 'unfreeze';

const tags = ['Operations'];

const summaries: Readonly<Record<Word, string>> = {
  freeze: 'Stop the money',
  unfreeze: 'Let the money go again; what waited for it goes on at once',
};

const oneRoute = (word: Word) =>
  createRoute({
    ...bearer,
    method: 'post',
    path: `/api/admin/accounts/{id}/${word}`,
    operationId: `${word}Account`,
    tags,
    summary: `${summaries[word]}: one payee’s`,
    request: { params: idParam, ...bodyOf(freezing) },
    responses: { 200: answers(account, 'The account'), ...problems },
  });

const everybodyRoute = (word: Word) =>
  createRoute({
    ...bearer,
    method: 'post',
    path: `/api/admin/${word}`,
    operationId: `${word}Everybody`,
    tags,
    summary: `${summaries[word]}: everybody’s`,
    request: bodyOf(freezing),
    responses: { 200: answers(frozenAll, 'Whether everybody’s money is stopped'), ...problems },
  });

/** Stopping money on its way to payees, and letting it go again. */
export function freezingRoutes(app: ApiApp, ports: ApiPorts): void {
  for (const word of ['freeze', 'unfreeze'] as const) {
    const frozen = word === 'freeze';

    app.openapi(oneRoute(word), async (c) => {
      const { id } = c.req.valid('param');
      const by = c.get('caller').subject;
      const row = await freezeAccount(ports, id, frozen, { by, ...c.req.valid('json') });
      if (row === null) throw new AppError('not_found', `There is no account ${id}`);
      return c.json(await shownAccount(ports, row), 200);
    });

    app.openapi(everybodyRoute(word), async (c) => {
      await freezeEverybody(ports, frozen, { by: c.get('caller').subject, ...c.req.valid('json') });
      return c.json({ frozen }, 200);
    });
  }
}
