import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { BookingView, LessonView } from '../views.ts';
import { pathOf } from './agreements.ts';
import { bookingKind } from './bookings.ts';
import { lessonKind } from './lessons.ts';
import { calendarFaults, deeds, subjects } from './triggers.ts';
import type { Deed, Triggered } from './triggers.ts';

/** What the event is about. */
export interface TriggerOptions {
  readonly lesson?: string;
  readonly booking?: string;
  readonly account?: string;
  readonly set: readonly string[];
}

/** Makes an event happen for real: the simulator does the deed, and everything that follows from it follows. */
export async function trigger(
  { out, client }: Context,
  event: string,
  options: TriggerOptions,
): Promise<void> {
  const fields = assignments(options.set);
  const fault = Object.hasOwn(calendarFaults, event) ? calendarFaults[event] : undefined;
  if (fault !== undefined) {
    const armed = await client().post<unknown>('/_dev/calendar/faults', { kind: fault, times: 1, ...fields });
    out.answer({ event, armed }, () => [`${event} for whoever asks the calendar next`]);
    return;
  }
  const deed = Object.hasOwn(deeds, event) ? deeds[event] : undefined;
  if (deed === undefined) {
    const known = [...Object.keys(deeds), ...Object.keys(calendarFaults)];
    throw new CliFailure(
      exitCodes.usage,
      `"${event}" cannot be triggered; these can:\n  ${known.join('\n  ')}`,
    );
  }
  const id = await idOf(client(), deed, event, options);
  const object = await client().simulate(deed.path(id), { ...deed.body?.(id), ...fields });
  out.answer({ event, id, object }, () => [`${event} for ${id}`], [id]);
}

async function idOf(client: Client, { of }: Deed, event: string, options: TriggerOptions): Promise<string> {
  const view = await agreementOf(client, options);
  if (of === 'account') {
    const wanted = options.account ?? (view === null ? null : payeeOf(view));
    if (wanted === null) throw missing(event, '--account <id>, --lesson <id> or --booking <id>');
    const { stripeAccountId } = await client.get<{ stripeAccountId: string }>(
      `/api/accounts/${encodeURIComponent(wanted)}`,
    );
    return stripeAccountId;
  }
  if (view === null) throw missing(event, '--lesson <id> or --booking <id>');
  const id = subjects[of](view);
  if (!id) throw new CliFailure(exitCodes.conflict, `${view.id} has no ${of} in Stripe yet`);
  return id;
}

const missing = (event: string, options: string): CliFailure =>
  new CliFailure(exitCodes.usage, `${event} needs ${options}`);

async function agreementOf(client: Client, { lesson, booking }: TriggerOptions): Promise<Triggered | null> {
  if (lesson !== undefined && booking !== undefined)
    throw new CliFailure(exitCodes.usage, 'An event is about one agreement: --lesson or --booking');
  if (lesson !== undefined) return await client.get<LessonView>(pathOf(lessonKind, lesson));
  return booking === undefined ? null : await client.get<BookingView>(pathOf(bookingKind, booking));
}

const payeeOf = (view: Triggered): string =>
  'tutor' in view ? lessonKind.payee(view) : bookingKind.payee(view);

/** `--set payouts_enabled=true`: fields of the control's body, read as JSON where they are any. */
function assignments(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new CliFailure(exitCodes.usage, `--set takes field=value, not "${one}"`);
      return [one.slice(0, at), valueOf(one.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
