import { iso } from '../../domain/time.ts';
import type { Client } from '../client.ts';
import { pathOf, timelineTable } from '../commands/agreements.ts';
import { bookingKind } from '../commands/bookings.ts';
import { lessonKind } from '../commands/lessons.ts';
import { moneyTable, unaccounted } from '../money-table.ts';
import { moment } from '../output.ts';
import type { Output } from '../output.ts';
import type { AgreementView, Money, TimelineLine } from '../views.ts';
import { bookingScenarios } from './booking-scenarios.ts';
import { lessonScenarios, slotAfter } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { book, perform, setStage, travelTo } from './stage.ts';
import type { Part, Stage } from './stage.ts';

/** Two days until Stripe lets the money go, and the payout's own way to the bank. */
const paidOutAfterMs = 5 * 86_400_000;

/** How one agreement of the demo ended. */
export interface Result {
  readonly id: string;
  readonly mistakes: readonly string[];
}

/** Plays all scenarios side by side on one clock, tells what happens, and answers what is not as it must be. */
export async function play(api: Client, out: Output): Promise<Result[]> {
  const { now } = await api.get<{ now: string }>('/_dev/clock');
  const stage = await setStage(api, slotAfter(Date.parse(now)));
  const parts = [...lessonScenarios, ...bookingScenarios].map((scenario): Part => ({
    scenario,
    id: `demo_${scenario.name}_${stage.run}`,
    mistakes: [],
  }));
  const first = parts.filter(({ scenario }) => bookedAt(scenario) === null);
  out.note(`It is ${moment(now)} UTC. Booking ${first.length} sessions for ${moment(iso(stage.hour))} …`);
  for (const part of first) await book(stage, part);
  const cues = cuesOf(stage, parts).toSorted((a, b) => a.at - b.at);
  for (const { at, id, run } of cues) {
    await travelTo(api, at);
    const told = await run();
    out.note(`  ${moment(iso(at))}  ${id}  ${told}`);
  }
  await travelTo(api, Math.max(stage.hour, ...cues.map(({ at }) => at)) + paidOutAfterMs);
  const results: Result[] = [];
  for (const part of parts) results.push(await report(api, out, part));
  return results;
}

const bookedAt = (scenario: Scenario): number | null =>
  scenario.kind === 'booking' ? scenario.bookedAtMs : null;

interface Cue {
  readonly at: number;
  readonly id: string;
  readonly run: () => Promise<string>;
}

/** Everything that happens later than now: what people and banks do, and what is booked then. */
const cuesOf = (stage: Stage, parts: readonly Part[]): Cue[] =>
  parts.flatMap((part) => {
    const { scenario, id } = part;
    const cues = scenario.acts.map((act): Cue => {
      const at = stage.hour + act.atMs;
      return { at, id, run: () => perform(stage, part, act, at) };
    });
    const after = bookedAt(scenario);
    if (after === null) return cues;
    const booking: Cue = { at: stage.hour + after, id, run: () => book(stage, part).then(() => 'booked and paid') };
    return [booking, ...cues];
  }); // prettier-ignore

async function report(api: Client, out: Output, { id, scenario, mistakes: before }: Part): Promise<Result> {
  const path = pathOf(scenario.kind === 'lesson' ? lessonKind : bookingKind, id);
  const view = await api.get<AgreementView>(path);
  const timeline = await api.get<{ data: TimelineLine[] }>(`${path}/timeline`);
  const mistakes = [...before, ...mistakesIn(view, scenario)];
  const lines = [
    '',
    `${out.paint('bold', scenario.title)}`,
    ...timelineTable(timeline.data, out),
    '',
    ...moneyTable(view, out),
    ...(mistakes.length === 0
      ? [out.paint('green', '✓ as it must be')]
      : mistakes.map((one) => out.paint('red', `✗ ${one}`))),
  ];
  for (const line of lines) out.note(line);
  return { id, mistakes };
}

/** Every figure that is not what it must be, and money that is unaccounted for. */
function mistakesIn({ state, payment }: AgreementView, scenario: Scenario): string[] {
  const figures = Object.entries(scenario.figures) as [keyof Money, number][];
  const lost = unaccounted(payment);
  return [
    ...(state === scenario.state ? [] : [`the ${scenario.kind} is ${state}, not ${scenario.state}`]),
    ...figures
      .filter(([name, wanted]) => payment[name] !== wanted)
      .map(([name, wanted]) => `${name} is ${payment[name]}, not ${wanted}`),
    ...(payment.paidOut > 0 && payment.payoutId === null ? ['the payout is not recorded'] : []),
    ...(lost === 0 ? [] : [`${lost} are unaccounted for`]),
  ];
}
