import { createRoute, z } from '@hono/zod-openapi';
import { lessonStates } from '../../domain/lesson/view.ts';
import { keptShown } from '../agreements/kept-answer.ts';
import { lessonFace } from '../agreements/lesson-face.ts';
import { startLesson } from '../agreements/lesson-start.ts';
import { idempotencyKey, once } from '../http/idempotency.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { lessonRequest } from '../schemas/lesson-request.ts';
import { lesson } from '../schemas/lesson.ts';
import { answers, bearer, bodyOf, idempotencyHeader, problems } from '../schemas/problem.ts';
import { agreementReadRoutes } from './agreement-reads.ts';
import { madeUpId } from './made-up-id.ts';

const start = createRoute({
  ...bearer,
  method: 'post',
  path: '/api/lessons',
  operationId: 'startLesson',
  tags: ['Lessons'],
  summary: 'Book a lesson: hold its price on the card, settle at its scheduled end',
  request: { headers: idempotencyHeader, ...bodyOf(lessonRequest) },
  responses: {
    201: answers(lesson, 'Booked; the payment is authorized, saved, declined or the customer’s turn'),
    200: answers(lesson, 'The same start again: the same lesson'),
    202: answers(lesson, 'Booked; the payment takes longer, look again at Location'),
    ...problems,
  },
});

/** Starting and reading lessons. */
export function lessonRoutes(app: ApiApp, ports: ApiPorts): void {
  app.openapi(start, async (c) => {
    const request = c.req.valid('json');
    const key = idempotencyKey(c, false);
    const id = request.id ?? madeUpId('les', c.get('caller').subject, key);
    const keeping = keptShown(ports, lessonFace);
    const { status, body } = await once(c, ports, key, request, keeping, async () => {
      const { row, created, decided } = await startLesson(ports, request, id);
      const status = decided ? (created ? 201 : 200) : 202;
      return { status, body: lessonFace.show(row), isFinal: decided };
    });
    c.header('Location', `/api/lessons/${body.id}`);
    return c.json(body, status as 200 | 201 | 202);
  });
  agreementReadRoutes(app, ports, {
    face: lessonFace,
    title: 'Lesson',
    shown: lesson,
    filters: { state: z.enum(lessonStates).optional() },
    filterOf: async ({ state }) => ({ status: state }),
  });
}
