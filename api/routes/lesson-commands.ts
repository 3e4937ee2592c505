import { createRoute } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../domain/errors.ts';
import type { LessonCommand } from '../../domain/lesson/lesson.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import { order, updateIdOf } from '../lessons/command.ts';
import { keptAnswer } from '../lessons/kept-answer.ts';
import { shownLesson } from '../lessons/view.ts';
import type { ApiApp, ApiEnv, ApiPorts } from '../ports.ts';
import { idParam } from '../schemas/fields.ts';
import { accepted, pending } from '../schemas/lesson.ts';
import { adminCommands, partyCommands } from '../schemas/lesson-request.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';

type PartyCommand = keyof typeof partyCommands;
type AdminCommand = keyof typeof adminCommands;

interface Command {
  readonly name: LessonCommand['name'];
  readonly summary: string;
  /** Money can move by it: a repetition must be recognizable. */
  readonly needsKey: boolean;
}

const parties: Readonly<Record<PartyCommand, Command>> = {
  join: { name: 'join', summary: 'A party joined', needsKey: false },
  'call-end': { name: 'callEnd', summary: 'The call ended', needsKey: false },
  end: { name: 'end', summary: 'A party ended the lesson; never overwrites', needsKey: false },
  cancel: { name: 'cancel', summary: 'Cancel before the start, by the policy’s tiers', needsKey: true },
  reschedule: { name: 'reschedule', summary: 'Move to another time with the same money', needsKey: true },
  dispute: { name: 'dispute', summary: 'Complain: the money stays where it is', needsKey: false },
  evidence: { name: 'evidence', summary: 'Add evidence to an open complaint', needsKey: false },
};

const operators: Readonly<Record<AdminCommand, Command>> = {
  resolve: { name: 'resolve', summary: 'Resolve a complaint', needsKey: true },
  retry: { name: 'retry', summary: 'Try a parked move again', needsKey: true },
  skip: { name: 'skip', summary: 'Go on without a parked move', needsKey: true },
  capture: { name: 'capture', summary: 'Capture the hold now', needsKey: true },
  release: { name: 'release', summary: 'Release the hold now', needsKey: true },
  refund: { name: 'refund', summary: 'Refund captured money before its transfer', needsKey: true },
  sync: { name: 'sync', summary: 'Read Stripe again', needsKey: false },
};

const routeOf = (path: string, operationId: string, summary: string, tag: string, schema: z.ZodType) =>
  createRoute({
    ...bearer,
    method: 'post',
    path,
    operationId,
    tags: [tag],
    summary,
    request: { params: idParam, headers: idempotencyHeader, ...bodyOf(schema) },
    responses: {
      200: answers(accepted, 'Accepted'),
      202: answers(pending, 'Not answered in time; the same Idempotency-Key picks the answer up'),
      ...problems,
    },
  });

/** Telling lessons something: every command is a Temporal Update, refused or accepted by the machine itself. */
export function lessonCommandRoutes(app: ApiApp, ports: ApiPorts): void {
  for (const [word, command] of Object.entries(parties) as [PartyCommand, Command][]) {
    const { name, summary } = command;
    const schema = partyCommands[word];
    const route = routeOf(`/api/lessons/{id}/${word}`, `${name}Lesson`, summary, 'Lessons', schema);
    app.openapi(route, async (c) => {
      const body = c.req.valid('json') as Record<string, unknown>;
      const by = body['by'] ?? body['party'];
      const actor = typeof by === 'string' ? by : c.get('caller').subject;
      return tell(c, ports, command, c.req.valid('param').id, timed(name, body, ports), actor);
    });
  }
  for (const [word, command] of Object.entries(operators) as [AdminCommand, Command][]) {
    const { name, summary } = command;
    const schema = adminCommands[word];
    const path = `/api/admin/lessons/{id}/${word}`;
    app.openapi(routeOf(path, `${name}LessonAsAdmin`, summary, 'Operations', schema), async (c) => {
      const { subject } = c.get('caller');
      const body = { ...(await named(ports, c.req.valid('json') as Record<string, unknown>)), by: subject };
      return tell(c, ports, command, c.req.valid('param').id, body, subject);
    });
  }
}

/** Puts in what Stripe calls the account that an operator names. */
async function named({ store }: ApiPorts, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { account } = body;
  if (typeof account !== 'string') return body;
  const stripeAccount = (await store.findAccount(account))?.stripeAccountId ?? null;
  if (stripeAccount !== null) return { ...body, stripeAccount };
  throw new AppError('invalid', 'The request is not valid', [
    { pointer: '/account', detail: 'is not a known account' },
  ]);
}

/** Puts in when the request was heard: a worker that comes late must not cost anyone a deadline. */
function timed(
  name: LessonCommand['name'],
  body: Readonly<Record<string, unknown>>,
  { clock }: ApiPorts,
): Record<string, unknown> {
  const { leftAt, ...rest } = body;
  if (name === 'reschedule' || name === 'evidence') return rest;
  return { ...rest, at: body['at'] ?? leftAt ?? clock.now() };
}

async function tell(
  c: Context<ApiEnv>,
  ports: ApiPorts,
  { name, needsKey }: Command,
  id: string,
  body: Record<string, unknown>,
  actor: string,
) {
  const key = idempotencyKey(c, needsKey);
  const updateId = key === null ? undefined : updateIdOf(c.get('caller').subject, c.req.path, key);
  const reason = typeof body['reason'] === 'string' ? body['reason'] : null;
  const content = c.req.valid('json' as never) as unknown;
  const answer = await once(c, ports, key, content, keptAnswer<TellAnswer>(ports), async () => {
    const result = await order(ports, { id, name, body, actor, reason, updateId });
    const lesson = shownLesson(result.row);
    if (result.kind === 'accepted') {
      return {
        status: 200,
        body: { accepted: true as const, message: result.message, lesson },
        isFinal: true,
      };
    }
    const message = 'No answer yet; send the same request with the same Idempotency-Key again';
    return { status: 202, body: { pending: true as const, message, lesson }, isFinal: false };
  });
  if ('accepted' in answer.body) return c.json(answer.body, 200);
  c.header('Location', `/api/lessons/${id}`);
  return c.json(answer.body, 202);
}

type TellAnswer = z.input<typeof accepted> | z.input<typeof pending>;
