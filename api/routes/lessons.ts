import { createHash, randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import { lessonStates } from '../../domain/lesson/view.ts';
import type { Agreement } from '../../store/agreements.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import { keptLesson } from '../lessons/kept-answer.ts';
import { startLesson } from '../lessons/start.ts';
import { shownLesson, shownTimeline } from '../lessons/view.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { id, idParam, pageOf, paging, queryFlag, shownPage } from '../schemas/fields.ts';
import { lessonRequest } from '../schemas/lesson-request.ts';
import { lesson, timeline } from '../schemas/lesson.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';

// api/routes/: one file per noun: parse, start or tell or read, answer. No branches about money.

const tags = ['Lessons'];

const start = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/lessons',
  operationId: 'startLesson',
  tags,
  summary: 'Book a lesson: hold its price on the card, settle at its scheduled end',
  request: { headers: idempotencyHeader, ...bodyOf(lessonRequest) },
  responses: {
    201: answers(lesson, 'Booked; the payment is authorized, saved, declined or the customer’s turn'),
    200: answers(lesson, 'The same start again: the same lesson'),
    202: answers(lesson, 'Booked; the payment takes longer, look again at Location'),
    ...problems,
  },
});

const list = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/lessons',
  operationId: 'listLessons',
  tags,
  summary: 'Lessons, newest first',
  request: {
    query: z.strictObject({
      ...paging,
      state: z.enum(lessonStates).optional(),
      payeeAccount: id.optional(),
      needsAttention: queryFlag.optional(),
    }),
  },
  responses: { 200: answers(pageOf(lesson), 'One page'), ...problems },
});

const one = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/lessons/{id}',
  operationId: 'getLesson',
  tags,
  summary: 'One lesson',
  request: { params: idParam },
  responses: { 200: answers(lesson, 'The lesson'), ...problems },
});

const story = createRoute({
  ...bearer,
  method: 'get',
  path: '/api/lessons/{id}/timeline',
  operationId: 'getLessonTimeline',
  tags,
  summary: 'What happened to a lesson and its money, line by line',
  request: { params: idParam },
  responses: { 200: answers(timeline, 'The story'), ...problems },
});

/** The lesson of an id as its row has it; throws `not_found`. */
export async function foundLesson({ store }: ApiPorts, lessonId: string): Promise<Agreement> {
  const row = await store.findAgreement(workflowIdOf('lesson', lessonId));
  if (row === null) throw new AppError('not_found', `There is no lesson ${lessonId}`);
  return row;
}

/** A made-up id; with an Idempotency-Key the same one for every repetition. */
function newLessonId(caller: string, key: string | null): string {
  if (key === null) return `les_${randomUUID().replaceAll('-', '')}`;
  return `les_${createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex')
    .slice(0, 32)}`;
}

/** Starting and reading lessons. */
export function lessonRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(start, async (c) => {
    const request = c.req.valid('json');
    const key = idempotencyKey(c, false);
    const lessonId = request.id ?? newLessonId(c.get('caller').subject, key);
    const { status, body } = await once(c, ports, key, request, keptLesson(ports), async () => {
      const { row, created, decided } = await startLesson(ports, request, lessonId);
      return { status: decided ? (created ? 201 : 200) : 202, body: shownLesson(row), isFinal: decided };
    });
    c.header('Location', `/api/lessons/${body.id}`);
    return c.json(body, status as 200 | 201 | 202);
  });

  app.openapi(list, async (c) => {
    const { state, ...filter } = c.req.valid('query');
    const page = await ports.store.listAgreements({ ...filter, kind: 'lesson', status: state });
    return c.json(shownPage(page, shownLesson), 200);
  });

  app.openapi(one, async (c) => c.json(shownLesson(await foundLesson(ports, c.req.valid('param').id)), 200));

  app.openapi(story, async (c) =>
    c.json(shownTimeline(await foundLesson(ports, c.req.valid('param').id)), 200),
  );
}
