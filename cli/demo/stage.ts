import { assertNever } from '../../domain/errors.ts';
import { iso } from '../../domain/time.ts';
import type { Instant } from '../../domain/time.ts';
import type { Client } from '../client.ts';
import { adminPathOf, pathOf } from '../commands/agreements.ts';
import { bookingKind } from '../commands/bookings.ts';
import { lessonKind } from '../commands/lessons.ts';
import { money } from '../output.ts';
import type { AccountView, BookingView } from '../views.ts';
import { bookingScenarios } from './booking-scenarios.ts';
import type { Act, BankAct, BookingScenario, LessonScenario, Scenario } from './scenarios.ts';
import { demoPolicies } from './scenarios.ts';

/** Where the demo is played: the instance, the people in it, and the hour that everything is counted from. */
export interface Stage {
  readonly api: Client;
  readonly run: string;
  readonly hour: Instant;
  readonly tutor: string;
  readonly provider: string;
}

/** A scenario under the id it has in this run, and what went wrong on the way. */
export interface Part {
  readonly scenario: Scenario;
  readonly id: string;
  readonly mistakes: string[];
}

/** Opens the accounts and tells the policies and the provider that the scenarios need. */
export async function setStage(api: Client, hour: Instant): Promise<Stage> {
  const run = Date.now().toString(36);
  const stage = { api, run, hour, tutor: `demo_tutor_${run}`, provider: `demo_provider_${run}` };
  for (const [id, policy] of Object.entries(demoPolicies)) await api.put(`/api/admin/policies/${id}`, policy);
  for (const id of [stage.tutor, stage.provider]) {
    const body = { id, email: 'payee@example.org', country: 'US', type: 'express', onboarded: true };
    await api.post('/api/accounts', body);
  }
  await api.post('/api/providers', {
    id: stage.provider,
    username: stage.provider,
    account: stage.provider,
    defaultPrice: 5000,
    currency: 'usd',
    eventTypes: bookingScenarios.map(({ title, amount, minutes }, at) => ({
      id: at + 1,
      title,
      price: amount,
      duration: minutes,
      seats: 1,
    })),
  });
  return stage;
}

/** Books what a scenario is about; a booking is paid for at once. */
export async function book(stage: Stage, { scenario, id }: Part): Promise<void> {
  switch (scenario.kind) {
    case 'lesson':
      return await bookLesson(stage, id, scenario);
    case 'booking':
      return await bookAndPay(stage, id, scenario);
    default:
      assertNever(scenario);
  }
}

async function bookLesson({ api, hour, tutor }: Stage, id: string, scenario: LessonScenario): Promise<void> {
  const { amount, minutes, paymentMethod, policy } = scenario;
  await api.post('/api/lessons', {
    id,
    amount,
    currency: 'usd',
    startsAt: iso(hour),
    endsAt: iso(hour + minutes * 60_000),
    student: { id: `${id}_student`, email: 'student@example.org', name: 'Student', paymentMethod },
    tutor: { id: 'demo_tutor', account: tutor },
    policy,
  });
}

async function bookAndPay({ api, hour, provider }: Stage, id: string, scenario: BookingScenario): Promise<void> {
  const { checkout } = await api.post<{ checkout: { sessionId: string } }>('/api/bookings', {
    id,
    provider,
    eventTypeId: bookingScenarios.indexOf(scenario) + 1,
    startTime: iso(hour + scenario.startsAtMs),
    attendee: { name: 'Attendee', email: 'attendee@example.org', timeZone: 'Europe/Berlin' },
    policy: scenario.policy,
  });
  await api.simulate(`/checkout/sessions/${checkout.sessionId}/complete`);
} // prettier-ignore

/** Does what a scenario says happens now, and answers how it went. */
export async function perform(stage: Stage, part: Part, act: Act, at: Instant): Promise<string> {
  if ('bank' in act) return await atTheBank(stage, part, act, at);
  const { scenario, id } = part;
  const kind = scenario.kind === 'lesson' ? lessonKind : bookingKind;
  const path = act.command === 'resolve' ? adminPathOf(kind, id) : pathOf(kind, id);
  const { message } = await stage.api.post<{ message: string }>(`${path}/${act.command}`, act.body(iso(at)));
  return `${act.command}: ${message}`;
}

/** What the bank does, the status its dispute has then, and how that is told. */
const bankDeeds = {
  dispute: { status: 'needs_response', words: 'the bank takes the money back' },
  win: { status: 'won', words: 'the bank gives the money back' },
} as const;

/** The bank acts on its own; what it means to us is known when its news have arrived, within a minute. */
async function atTheBank(stage: Stage, { id, mistakes }: Part, act: BankAct, at: Instant): Promise<string> {
  const { api, provider } = stage;
  const { bank, debt } = act;
  const { status, words } = bankDeeds[bank];
  const path = pathOf(bookingKind, id);
  const { payment, bankDisputes } = await api.get<BookingView>(path);
  if (bank === 'dispute') await api.simulate('/disputes', { charge: payment.chargeId, reason: 'fraudulent' });
  else await api.simulate(`/disputes/${bankDisputes.at(-1)?.id ?? ''}/win`);
  await travelTo(api, at + 60_000);
  const known = (await api.get<BookingView>(path)).bankDisputes.at(-1)?.status ?? 'not known';
  if (known !== status) mistakes.push(`a minute after "${bank}" the bank's dispute is ${known}, not ${status}`);
  const owed = await debtOf(stage);
  if (owed !== debt) mistakes.push(`${provider} owes ${owed} after "${bank}", not ${debt}`);
  return `${words}: the provider owes ${money(owed, payment.currency)}`;
} // prettier-ignore

/** What the provider of this run owes the platform. */
async function debtOf({ api, provider }: Stage): Promise<number> {
  const { debt } = await api.get<AccountView>(`/api/accounts/${provider}`);
  return debt.reduce((sum, { amount }) => sum + amount, 0);
}

/** Lets time pass until a moment, unless it is past already. */
export async function travelTo(api: Client, at: Instant): Promise<void> {
  const { now } = await api.get<{ now: string }>('/_dev/clock');
  if (Date.parse(now) < at) await api.post('/_dev/travel', { to: iso(at) });
}
