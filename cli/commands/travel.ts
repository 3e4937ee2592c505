import { iso, parseInstant } from '../../domain/time.ts';
import type { Context } from '../context.ts';
import { isoDuration } from '../duration.ts';
import { moment } from '../output.ts';

/** What a journey answers. */
export interface Journey {
  readonly now: string;
  readonly steps: number;
  readonly woken: readonly { readonly id: string; readonly at: string; readonly state: string }[];
}

/** Moves the clock of a demo instance forward, by a duration or to a moment, and shows who woke on the way. */
export async function travel({ out, client }: Context, wanted: string): Promise<void> {
  const at = parseInstant(wanted);
  const goal = at === null ? { by: isoDuration(wanted) } : { to: iso(at) };
  const journey = await client().post<Journey>('/_dev/travel', goal);
  const rows = journey.woken.map(({ id, at: when, state }) => [moment(when), id, state]);
  out.answer(
    journey,
    () => [
      `It is now ${out.paint('bold', moment(journey.now))} UTC (${journey.steps} ${journey.steps === 1 ? 'step' : 'steps'}).`,
      ...(rows.length === 0
        ? ['Nothing happened on the way.']
        : out.table(['when', 'agreement', 'state'], rows)),
    ],
    [journey.now],
  );
}
