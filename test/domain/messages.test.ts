import { describe, expect, it } from 'vitest';
import type { LessonState } from '../../domain/lesson/lesson.ts';
import { lessonCommands } from '../../domain/lesson/commands.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { lessonStates } from '../../domain/lesson/view.ts';
import { bookedAt, endsAt, farAhead, lessonInput, ms, startsAt } from './lessons.ts';
import type { LessonChoices } from './lessons.ts';
import type { Circumstances, Run } from './world.ts';
import { assertSettled, liveLesson, says } from './world.ts';

const held = [says(startsAt, 'join', { party: 'student' }), says(startsAt, 'join', { party: 'tutor' })];
const early = says(startsAt + ms('PT10M'), 'callEnd', { party: 'tutor' });
const dispute = says(endsAt - 1, 'dispute', { by: 'student', reason: 'x' });
const midway = startsAt + ms('PT20M');

/** A way into every state a lesson can be in, and into the moments between them. */
const ways: Record<string, [Circumstances, LessonChoices]> = {
  awaiting_payment: [{ until: bookedAt + 1000 }, { paymentMethod: null }],
  scheduled: [{ until: bookedAt + 1000 }, {}],
  'scheduled, card only': [{ until: bookedAt + 1000 }, farAhead],
  in_progress: [{ visits: held, until: midway }, {}],
  ended_early: [{ visits: [...held, early], until: midway }, {}],
  settling: [{ visits: held, accountReadyAt: Infinity, until: endsAt + 1000 }, {}],
  disputed: [{ visits: [...held, dispute], until: endsAt + 1000 }, {}],
  'disputed, captured': [{ visits: [...held, dispute], until: endsAt + ms('P9D') }, {}],
  parked: [{ visits: held, deviations: { transfer: ['refused_finally'] } }, {}],
  'parked, no answer': [{ visits: held, deviations: { transfer: ['lost'] }, until: endsAt + 1000 }, {}],
  'parked, capture': [{ visits: held, deviations: { capture: ['refused_finally'] } }, {}],
  completed: [{ visits: held }, {}],
  cancelled: [{}, {}],
};

const bodies: Record<(typeof lessonCommands)[number], (now: number) => object> = {
  join: () => ({ party: 'student' }),
  callEnd: () => ({ party: 'student' }),
  end: () => ({ party: 'tutor' }),
  cancel: () => ({ by: 'student', reason: 'x' }),
  reschedule: (now) => ({ startsAt: now + ms('PT1H'), endsAt: now + ms('PT2H') }),
  dispute: () => ({ by: 'tutor', reason: 'x' }),
  evidence: () => ({ by: 'tutor', statement: 'x' }),
  resolve: () => ({ outcome: 'refund', reason: 'x' }),
  retry: () => ({ reason: 'x' }),
  skip: () => ({ reason: 'x' }),
  capture: () => ({ reason: 'x' }),
  release: () => ({ reason: 'x' }),
  refund: () => ({ reason: 'x' }),
  sync: () => ({ reason: 'x' }),
  // Refused everywhere: nothing newer than the rules it has is known.
  adoptRules: () => ({ rules: 2, reason: 'x' }),
};

/** What each state takes; everything else is refused. */
const taken: Record<string, readonly (typeof lessonCommands)[number][]> = {
  awaiting_payment: ['callEnd', 'end', 'cancel', 'reschedule', 'sync'],
  scheduled: ['join', 'cancel', 'reschedule', 'dispute', 'capture', 'release', 'sync'],
  'scheduled, card only': ['join', 'cancel', 'reschedule', 'dispute', 'sync'],
  in_progress: ['join', 'callEnd', 'end', 'dispute', 'capture', 'release', 'sync'],
  ended_early: ['join', 'callEnd', 'end', 'dispute', 'capture', 'release', 'sync'],
  settling: ['callEnd', 'end', 'dispute', 'refund', 'sync'],
  disputed: ['callEnd', 'end', 'evidence', 'resolve', 'sync'],
  'disputed, captured': ['callEnd', 'end', 'evidence', 'resolve', 'sync'],
  parked: ['callEnd', 'end', 'dispute', 'retry', 'skip', 'refund', 'sync'],
  'parked, no answer': ['callEnd', 'end', 'retry', 'sync'],
  'parked, capture': ['callEnd', 'end', 'retry', 'capture', 'release', 'sync'],
  completed: ['callEnd', 'end', 'sync'],
  cancelled: ['callEnd', 'end', 'sync'],
};

const reach = (way: string): Promise<Run> => {
  const [circumstances, choices] = ways[way] ?? [{}, {}];
  return liveLesson(lessonInput(choices), circumstances);
};

describe('every command in every state', () => {
  it.each(Object.keys(ways))('%s: takes exactly what it says, and a refusal changes nothing', async (way) => {
    const run = await reach(way);
    expect(lessonMachine.view(run.state).state).toBe(way.split(',')[0]);
    expect(lessonCommands.filter((name) => run.tryOn(name, bodies[name](run.now)))).toEqual(taken[way]);
    for (const name of lessonCommands) {
      // A fresh life for each, told for good: the world proves that a refusal leaves its mark and nothing else.
      const fresh = await reach(way);
      const before = fresh.state.rejected.length;
      const accepted = fresh.tell(name, bodies[name](fresh.now));
      expect(fresh.state.rejected.length - before).toBe(accepted ? 0 : 1);
    }
  });
  it('the table speaks of every state a lesson has', () => {
    expect(new Set(Object.keys(ways).map((way) => way.split(',')[0]))).toEqual(new Set(lessonStates));
  });
  it('every accepted command leads on to an end with one fate', async () => {
    const told: string[] = [];
    const open = Object.keys(ways).filter((way) => way !== 'completed' && way !== 'cancelled');
    for (const way of open) {
      const seen = await reach(way);
      const [{ visits = [], deviations = {}, accountReadyAt = 0 }, choices] = ways[way] ?? [{}, {}];
      const then = seen.now + 1;
      const later = (days: number) => then + ms(`P${days}D`);
      for (const name of taken[way] ?? []) {
        const act = (run: Run) => void (run.tell(name, bodies[name](then)) && told.push(`${way}, ${name}`));
        const enough = [says(later(3), 'skip', { reason: 'x' }), says(later(6), 'release', { reason: 'x' })];
        const run = await liveLesson(lessonInput(choices), {
          deviations,
          accountReadyAt: Math.min(accountReadyAt, later(2)),
          visits: [...visits, { at: then, what: name, act }, ...enough],
        });
        assertSettled(run);
      }
    }
    expect(told).toEqual(open.flatMap((way) => (taken[way] ?? []).map((name) => `${way}, ${name}`)));
  });
});

describe('messages that make no sense', () => {
  const huge = 'x'.repeat(1_000_000);
  const nonsense: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['NaN', Number.NaN],
    ['a text', 'x'],
    ['a list', []],
    ['a list of one', [{ party: 'student' }]],
    ['nothing', {}],
    ['wrong types', { party: 1, by: {}, reason: [], startsAt: true, endsAt: {}, outcome: 0, statement: 5, amount: '5' }],
    ['an unknown field', { party: 'student', by: 'student', reason: 'x', statement: 'x', outcome: 'refund', more: 1 }],
    ['__proto__', JSON.parse('{"__proto__": {"party": "student", "by": "student", "reason": "x"}}')],
    ['inherited fields', Object.create({ party: 'student', by: 'student', reason: 'x', statement: 'x', outcome: 'refund' })],
    ['a huge text', { party: huge, by: huge, reason: huge, statement: huge, outcome: huge, startsAt: huge, endsAt: huge }],
    ['a huge key', { [huge]: 1 }],
    ['a reason of spaces', { by: 'student', reason: '   ' }],
    ['prototype words', { party: 'constructor', by: '__proto__', reason: 'toString', outcome: 'hasOwnProperty' }],
  ]; // prettier-ignore

  it.each(nonsense)(
    '%s is refused by every command, shown in `rejected`, and never thrown',
    async (_, raw) => {
      for (const name of [...lessonCommands, 'nonsense', '__proto__', 'constructor', '']) {
        const run = await reach('in_progress');
        expect(run.tell(name, raw)).toBe(false);
        expect(run.state.rejected).toHaveLength(1);
        expect(run.state.rejected[0]).toMatchObject({ name, code: 'malformed' });
        expect(JSON.stringify(run.state.rejected).length).toBeLessThan(2_000);
      }
    },
  );
  it.each([
    ['before time', -8_640_000_000_000_001],
    ['after time', 8_640_000_000_000_001],
    ['fractions', 0.5],
    ['infinity', Infinity],
    ['a date without a zone', '2026-12-01T23:00:00'],
    ['no date', '2026-13-45T99:00:00Z'],
  ])('an instant that is %s is refused', async (_, at) => {
    const run = await reach('scheduled');
    for (const name of ['join', 'callEnd', 'end'])
      expect(run.tell(name, { party: 'student', at })).toBe(false);
    expect(run.tell('cancel', { by: 'student', reason: 'x', at })).toBe(false);
    expect(run.tell('dispute', { by: 'student', reason: 'x', at })).toBe(false);
    expect(run.tell('reschedule', { startsAt: at, endsAt: startsAt })).toBe(false);
    expect(lessonMachine.view(run.state).rejected).toHaveLength(6);
  });
  it.each([-1, 0, 0.5, 1e300, Number.MAX_SAFE_INTEGER, Infinity])(
    'an amount of %d is refused',
    async (amount) => {
      const run = await reach('in_progress');
      expect(run.tell('capture', { reason: 'x', amount })).toBe(false);
      expect(run.tell('refund', { reason: 'x', amount })).toBe(false);
    },
  );
  it('evidence with a wrong file or link is refused', async () => {
    const file = { name: 'a.png', sha256: 'a'.repeat(64), contentType: 'image/png', size: 1 };
    const tries: [object, boolean][] = [
      [{ files: [file] }, true],
      [{ files: [{ ...file, sha256: 'A'.repeat(64) }] }, false],
      [{ files: [{ ...file, size: -1 }] }, false],
      [{ files: [{ ...file, bytes: 'x' }] }, false],
      [{ files: [null] }, false],
      [{ files: Array.from({ length: 21 }, () => file) }, false],
      [{ links: ['javascript:alert(1)'] }, false],
      [{ links: 'https://example.org' }, false],
    ];
    for (const [more, isFine] of tries) {
      const run = await reach('disputed');
      expect(run.tell('evidence', { by: 'tutor', statement: 'x', ...more })).toBe(isFine);
    }
  });
  it('only the last ten refusals are kept', async () => {
    const run = await reach('in_progress');
    for (let i = 0; i < 50; i += 1) run.tell(`nonsense-${i}`, {});
    expect(run.state.rejected.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, i) => `nonsense-${i + 40}`)); // prettier-ignore
  });
});

describe('hints from webhooks', () => {
  it('each event is heard once', async () => {
    const run = await reach('in_progress');
    const heardBefore = run.facts.length;
    for (let i = 0; i < 3; i += 1)
      run.hintRaw({ eventId: 'evt_1', type: 'charge.captured', objectId: 'ch_1' });
    expect(run.facts.length - heardBefore).toBe(1);
  });
  it.each([undefined, null, 1, 'x', [], {}, { eventId: 1, type: 'x', objectId: 'y' }, { eventId: 'x'.repeat(256), type: 'x', objectId: 'y' }])('%j is refused and shown, never thrown', async (raw) => {
    const run = await reach('in_progress');
    run.hintRaw(raw);
    expect(run.state.rejected).toMatchObject([{ name: 'stripeEvent', code: 'malformed' }]);
    expect(run.state.payment.stale).toBe(false);
  }); // prettier-ignore
});

it('a message said twice changes nothing the second time', async () => {
  const said: [keyof typeof bodies, string][] = [
    ['join', 'in_progress'],
    ['callEnd', 'in_progress'],
    ['end', 'ended_early'],
    ['cancel', 'scheduled'],
    ['dispute', 'in_progress'],
    ['resolve', 'disputed'],
    ['release', 'in_progress'],
    ['capture', 'in_progress'],
  ];
  const withoutTrace = (state: LessonState) => ({ ...state, rev: 0, rejected: [], story: [], updatedAt: 0 });
  for (const [name, way] of said) {
    const run = await reach(way);
    expect(run.tell(name, bodies[name](run.now))).toBe(true);
    const once = run.state;
    run.tell(name, bodies[name](run.now));
    expect(withoutTrace(run.state)).toEqual(withoutTrace(once));
  }
});
