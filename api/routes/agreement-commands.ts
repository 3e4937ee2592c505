import { createRoute } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Order, OrderResult } from '../agreements/command.ts';
import { order, updateIdOf } from '../agreements/command.ts';
import type { Face } from '../agreements/face.ts';
import { keptWithin } from '../agreements/kept-answer.ts';
import { AppError } from '../../domain/errors.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import type { ApiApp, ApiEnv, ApiPorts } from '../ports.ts';
import { idParam } from '../schemas/fields.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';

/** A command as a route offers it, under a word of its own in the address. */
export interface Command {
  /** What the machine calls it. */
  readonly name: string;
  readonly summary: string;
  /** Money can move by it: a repetition must be recognizable. */
  readonly needsKey: boolean;
  readonly body: z.ZodType;
  /** How it is told where the story alone cannot decide it. */
  readonly tell?: typeof order;
}

/** What the commands of one kind of agreement are made of. */
interface Commands<Shown extends { readonly id: string }> {
  readonly face: Face<Shown>;
  readonly title: 'Lesson' | 'Booking' | 'Dispute';
  readonly accepted: z.ZodType;
  readonly pending: z.ZodType;
  readonly parties: Readonly<Record<string, Command>>;
  readonly operators: Readonly<Record<string, Command>>;
}

type Body = Record<string, unknown>;

/** Telling agreements something: every command is a Temporal Update, refused or accepted by the machine itself. */
export function agreementCommandRoutes<Shown extends { readonly id: string }>(
  app: ApiApp,
  ports: ApiPorts,
  { face, title, accepted, pending, parties, operators }: Commands<Shown>,
): void {
  const { kind } = face;
  const routeOf = (path: string, operationId: string, tag: string, { summary, body }: Command) =>
    createRoute({
      ...bearer,
      method: 'post',
      path,
      operationId,
      tags: [tag],
      summary,
      request: { params: idParam, headers: idempotencyHeader, ...bodyOf(body) },
      responses: {
        200: answers(accepted, 'Accepted'),
        202: answers(pending, 'Not answered in time; the same Idempotency-Key picks the answer up'),
        ...problems,
      },
    });
  for (const [word, command] of Object.entries(parties)) {
    const route = routeOf(`/api/${kind}s/{id}/${word}`, `${command.name}${title}`, `${title}s`, command);
    app.openapi(route, async (c) => {
      const body = c.req.valid('json') as Body;
      const by = body['by'] ?? body['party'];
      const actor = typeof by === 'string' ? by : c.get('caller').subject;
      return tell(c, ports, face, command, c.req.valid('param').id, timed(command.name, body, ports), actor);
    });
  }
  for (const [word, command] of Object.entries(operators)) {
    const path = `/api/admin/${kind}s/{id}/${word}`;
    app.openapi(routeOf(path, `${command.name}${title}AsAdmin`, 'Operations', command), async (c) => {
      const { subject } = c.get('caller');
      const body = { ...(await named(ports, c.req.valid('json') as Body)), by: subject };
      return tell(c, ports, face, command, c.req.valid('param').id, body, subject);
    });
  }
}

/** Puts in what Stripe calls the account that an operator names. */
async function named({ store }: ApiPorts, body: Body): Promise<Body> {
  const { account } = body;
  if (typeof account !== 'string') return body;
  const stripeAccount = (await store.findAccount(account))?.stripeAccountId ?? null;
  if (stripeAccount !== null) return { ...body, stripeAccount };
  throw new AppError('invalid', 'The request is not valid', [
    { pointer: '/account', detail: 'is not a known account' },
  ]);
}

/** Puts in when the request was heard: a worker that comes late must not cost anyone a deadline. */
function timed(name: string, body: Readonly<Body>, { clock }: ApiPorts): Body {
  const { leftAt, ...rest } = body;
  if (name === 'reschedule' || name === 'evidence') return rest;
  return { ...rest, at: body['at'] ?? leftAt ?? clock.now() };
}

async function tell<Shown extends { readonly id: string }>(
  c: Context<ApiEnv>,
  ports: ApiPorts,
  face: Face<Shown>,
  { name, needsKey, tell: telling = order }: Command,
  id: string,
  body: Body,
  actor: string,
) {
  const { kind } = face;
  const key = idempotencyKey(c, needsKey);
  const updateId = key === null ? undefined : updateIdOf(c.get('caller').subject, c.req.path, key);
  const reason = typeof body['reason'] === 'string' ? body['reason'] : null;
  const content = c.req.valid('json' as never) as unknown;
  const given: Order = { kind, id, name, body, actor, reason, updateId };
  const keeping = keptWithin(ports, face, (answer: TellAnswer) => answer[kind] as Shown);
  const { status, body: answer } = await once(c, ports, key, content, keeping, async () => {
    const result = await telling(ports, given);
    return {
      status: result.kind === 'accepted' ? 200 : 202,
      body: { ...said(result), [kind]: face.show(result.row) },
      isFinal: result.kind === 'accepted',
    };
  });
  if (status === 202) c.header('Location', `/api/${kind}s/${id}`);
  return c.json(answer, status as 200 | 202);
}

type TellAnswer = Readonly<Record<string, unknown>>;

function said(result: OrderResult): TellAnswer {
  if (result.kind === 'accepted') return { accepted: true, message: result.message };
  return {
    pending: true,
    message: 'No answer yet; send the same request with the same Idempotency-Key again',
  };
}
