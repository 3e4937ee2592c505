import { iso } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Client } from '../client.ts';
import { createClient } from '../client.ts';
import { timelineTable } from '../commands/lessons.ts';
import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { moneyTable, unaccounted } from '../money-table.ts';
import { moment } from '../output.ts';
import type { Output } from '../output.ts';
import type { LessonView, Money, TimelineLine } from '../views.ts';
import { startOwnInstance } from './own-instance.ts';
import type { OwnInstance } from './own-instance.ts';
import { demoPolicies, scenarios, slotAfter } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';

/** Two days until Stripe lets the money go, and the payout's own way to the bank. */
const paidOutAfterMs = 5 * 86_400_000;

/** Plays six lessons through days of travelled time on a running instance, or one of its own, and checks every cent. */
export async function demo({ out, client, variables }: Context): Promise<void> {
  const running = await runningDemo(client);
  const own = running === null ? await start(out, () => startOwnInstance(variables)) : null;
  try {
    const api = running ?? createClient((own as OwnInstance).place);
    const results = await play(api, out);
    const wrong = results.filter(({ mistakes }) => mistakes.length > 0);
    out.answer({ ok: wrong.length === 0, lessons: results }, () => [
      '',
      wrong.length === 0
        ? out.paint('green', `All ${results.length} lessons ended as they must, to the cent.`)
        : out.paint('red', `${wrong.length} of ${results.length} lessons did not end as they must.`),
    ]);
    if (wrong.length > 0)
      throw new CliFailure(
        exitCodes.failed,
        wrong.flatMap(({ id, mistakes }) => mistakes.map((one) => `${id}: ${one}`)).join('\n'),
      );
  } finally {
    await own?.stop();
  }
}

function start(out: Output, begin: () => Promise<OwnInstance>): Promise<OwnInstance> {
  out.note('No instance runs here; starting one for the demo …');
  return begin();
}

/** The instance that runs, where it is in demo mode and answers. */
async function runningDemo(client: Context['client']): Promise<Client | null> {
  try {
    const found = client();
    await found.get('/_dev/clock');
    return found;
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === exitCodes.unreachable) return null;
    if (error instanceof CliFailure && error.exitCode === exitCodes.notFound) {
      throw new CliFailure(exitCodes.usage, 'The instance is not in demo mode: its clock cannot travel');
    }
    throw error;
  }
}

interface Result {
  readonly id: string;
  readonly mistakes: readonly string[];
}

async function play(api: Client, out: Output): Promise<Result[]> {
  const run = Date.now().toString(36);
  const { now } = await api.get<{ now: string }>('/_dev/clock');
  const startsAt = slotAfter(Date.parse(now));
  for (const [id, policy] of Object.entries(demoPolicies)) await api.put(`/api/admin/policies/${id}`, policy);
  const account = `demo_tutor_${run}`;
  await api.post('/api/accounts', {
    id: account,
    email: 'tutor@example.org',
    country: 'US',
    type: 'express',
    onboarded: true,
  });
  const lessons = scenarios.map((scenario) => ({ scenario, id: `demo_${scenario.name}_${run}` }));
  out.note(`It is ${moment(now)} UTC. Booking ${lessons.length} lessons for ${moment(iso(startsAt))} …`);
  for (const { scenario, id } of lessons) await book(api, id, scenario, account, startsAt);

  const acts = lessons
    .flatMap(({ scenario, id }) => scenario.acts.map((act) => ({ ...act, id, at: startsAt + act.atMs })))
    .toSorted((a, b) => a.at - b.at);
  for (const { id, at, command, body } of acts) {
    await travelTo(api, at);
    const path = command === 'resolve' ? `/api/admin/lessons/${id}/resolve` : `/api/lessons/${id}/${command}`;
    const { message } = await api.post<{ message: string }>(path, body(iso(at)));
    out.note(`  ${moment(iso(at))}  ${id}  ${command}: ${message}`);
  }
  await travelTo(api, startsAt + paidOutAfterMs);
  const results: Result[] = [];
  for (const { scenario, id } of lessons) results.push(await report(api, out, id, scenario));
  return results;
}

async function book(
  api: Client,
  id: string,
  scenario: Scenario,
  account: string,
  startsAt: Instant,
): Promise<void> {
  const { amount, minutes, paymentMethod, policy } = scenario;
  await api.post('/api/lessons', {
    id,
    amount,
    currency: 'usd',
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + minutes * 60_000),
    student: { id: `${id}_student`, email: 'student@example.org', name: 'Student', paymentMethod },
    tutor: { id: 'demo_tutor', account },
    policy,
  });
}

async function travelTo(api: Client, at: Instant): Promise<void> {
  const { now } = await api.get<{ now: string }>('/_dev/clock');
  if (Date.parse(now) < at) await api.post('/_dev/travel', { to: iso(at) });
}

async function report(api: Client, out: Output, id: string, scenario: Scenario): Promise<Result> {
  const lesson = await api.get<LessonView>(`/api/lessons/${id}`);
  const timeline = await api.get<{ data: TimelineLine[] }>(`/api/lessons/${id}/timeline`);
  const mistakes = mistakesIn(lesson, scenario);
  const lines = [
    '',
    `${out.paint('bold', scenario.title)}`,
    ...timelineTable(timeline.data, out),
    '',
    ...moneyTable(lesson, out),
    ...(mistakes.length === 0
      ? [out.paint('green', '✓ as it must be')]
      : mistakes.map((one) => out.paint('red', `✗ ${one}`))),
  ];
  for (const line of lines) out.note(line);
  return { id, mistakes };
}

/** Every figure that is not what it must be, and money that is unaccounted for. */
function mistakesIn({ state, payment }: LessonView, scenario: Scenario): string[] {
  const figures = Object.entries(scenario.figures) as [keyof Money, number][];
  const lost = unaccounted(payment);
  return [
    ...(state === scenario.state ? [] : [`the lesson is ${state}, not ${scenario.state}`]),
    ...figures
      .filter(([name, wanted]) => payment[name] !== wanted)
      .map(([name, wanted]) => `${name} is ${payment[name]}, not ${wanted}`),
    ...(payment.paidOut > 0 && payment.payoutId === null ? ['the payout is not recorded'] : []),
    ...(lost === 0 ? [] : [`${lost} are unaccounted for`]),
  ];
}
