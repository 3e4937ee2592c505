import { lessonFace } from '../agreements/lesson-face.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { lessonCommands, lessonOrders } from '../schemas/lesson-request.ts';
import { accepted, pending } from '../schemas/lesson.ts';
import { agreementCommandRoutes } from './agreement-commands.ts';
import type { Command } from './agreement-commands.ts';
import { sharedOperators, sharedParties } from './shared-commands.ts';

const parties: Readonly<Record<keyof typeof lessonCommands, Command>> = {
  join: { name: 'join', summary: 'A party joined', needsKey: false, body: lessonCommands.join },
  'call-end': {
    name: 'callEnd',
    summary: 'The call ended',
    needsKey: false,
    body: lessonCommands['call-end'],
  },
  end: {
    name: 'end',
    summary: 'A party ended the lesson; never overwrites',
    needsKey: false,
    body: lessonCommands.end,
  },
  ...sharedParties(lessonCommands),
};

const operators: Readonly<Record<keyof typeof lessonOrders, Command>> = {
  ...sharedOperators(lessonOrders),
  capture: { name: 'capture', summary: 'Capture the hold now', needsKey: true, body: lessonOrders.capture },
  release: { name: 'release', summary: 'Release the hold now', needsKey: true, body: lessonOrders.release },
};

/** Telling lessons something. */
export function lessonCommandRoutes(app: ApiApp, ports: ApiPorts): void {
  agreementCommandRoutes(app, ports, {
    face: lessonFace,
    title: 'Lesson',
    accepted,
    pending,
    parties,
    operators,
  });
}
