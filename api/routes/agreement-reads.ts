import { createRoute, z } from '@hono/zod-openapi';
import type { AgreementFilter } from '../../store/agreements.ts';
import { diagnose } from '../agreements/diagnostic.ts';
import type { Face } from '../agreements/face.ts';
import { found, shownTimeline } from '../agreements/face.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { diagnostic, timeline } from '../schemas/agreement.ts';
import { id, idParam, pageOf, paging, queryFlag, shownPage } from '../schemas/fields.ts';
import { answers, bearer, problems } from '../schemas/problem.ts';

// api/routes/: one file per noun, and what agreements of every kind share: parse, start or tell or read, answer. No
// branches about money.

/** What the readers of one kind of agreement are made of. */
interface Readers<Shown extends { readonly id: string }, Filter extends object> {
  readonly face: Face<Shown>;
  readonly title: 'Lesson' | 'Booking' | 'Dispute';
  readonly shown: z.ZodType<Shown, Shown>;
  /** What its list can be narrowed by, beside what every list can. */
  readonly filters: { readonly [Name in keyof Filter]: z.ZodType<Filter[Name]> };
  readonly filterOf: (given: Filter) => Promise<Partial<AgreementFilter>>;
}

/** Reading agreements of one kind: a page of them, one, its story, and its payment beside Stripe's. */
export function agreementReadRoutes<Shown extends { readonly id: string }, Filter extends object>(
  app: ApiApp,
  ports: ApiPorts,
  { face, title, shown, filters, filterOf }: Readers<Shown, Filter>,
): void {
  const { kind, show } = face;
  const address = `/api/${kind}s`;
  const tags = [`${title}s`];

  const list = createRoute({
    ...bearer,
    method: 'get',
    path: address,
    operationId: `list${title}s`,
    tags,
    summary: `${title}s, newest first`,
    request: {
      query: z.strictObject({
        ...paging,
        payeeAccount: id.optional(),
        needsAttention: queryFlag.optional(),
        ...(filters as z.ZodRawShape),
      }),
    },
    responses: { 200: answers(pageOf(shown), 'One page'), ...problems },
  });
  app.openapi(list, async (c) => {
    const { limit, cursor, payeeAccount, needsAttention, ...given } = c.req.valid('query');
    const narrowing = await filterOf(given as Filter);
    const filter = { limit, cursor, payeeAccount, needsAttention, ...narrowing, kind };
    const page = await ports.store.listAgreements(filter);
    return c.json(shownPage(page, show), 200);
  });

  const one = createRoute({
    ...bearer,
    method: 'get',
    path: `${address}/{id}`,
    operationId: `get${title}`,
    tags,
    summary: `One ${kind}`,
    request: { params: idParam },
    responses: { 200: answers(shown, `The ${kind}`), ...problems },
  });
  app.openapi(one, async (c) => c.json(show(await found(ports, kind, c.req.valid('param').id)), 200));

  const story = createRoute({
    ...bearer,
    method: 'get',
    path: `${address}/{id}/timeline`,
    operationId: `get${title}Timeline`,
    tags,
    summary: `What happened to a ${kind} and its money, line by line`,
    request: { params: idParam },
    responses: { 200: answers(timeline, 'The story'), ...problems },
  });
  app.openapi(story, async (c) =>
    c.json(shownTimeline(await found(ports, kind, c.req.valid('param').id)), 200),
  );

  // A dispute has no payment of its own to lay beside Stripe's: it is the agreement's.
  if (kind === 'dispute') return;
  const beside = createRoute({
    ...bearer,
    method: 'get',
    path: `/api/admin/${kind}s/{id}/diagnostic`,
    operationId: `diagnose${title}`,
    tags: ['Operations'],
    summary: `A ${kind}’s payment as Stripe has it this moment, beside ours`,
    request: { params: idParam },
    responses: { 200: answers(diagnostic, 'Both sides and where they differ'), ...problems },
  });
  app.openapi(beside, async (c) =>
    c.json(await diagnose(ports, await found(ports, kind, c.req.valid('param').id)), 200),
  );
}
