import { durationMs } from '../../domain/time.ts';
import { Draw } from './chance.ts';
import { drawBooking } from './draw-booking.ts';
import { drawLesson } from './draw-lesson.ts';
import type { BatchPlan, LifePlan, Outage } from './plan.ts';
import { dawn, nightMs } from './plan.ts';

/** Which kinds of agreements are lived; a part of them alone where only that part is in question. */
export type Wanted = 'all' | 'lessons' | 'bookings';

/** Lives begin within this, so that payees meet their own debts again. */
const beginningsMs = durationMs('P6D');

/** When most of what happens happens. */
const outagesMs = durationMs('P9D');

/** When the money of a life moves by itself. */
function momentsOf(life: LifePlan): [number, ...number[]] {
  const { opensAt, startsAt } = life;
  if (life.kind === 'lesson') return [opensAt, life.endsAt];
  const endsAt = startsAt + life.durationMinutes * 60_000;
  return [opensAt + 60_000, endsAt, endsAt + durationMs(life.terms.hold.for)];
}

/** A batch of random lives, the same for the same seed. */
export function drawBatch(seed: string, lives: number, wanted: Wanted = 'all'): BatchPlan {
  const draw = new Draw(seed);
  const planned = Array.from({ length: lives }, (_, i): LifePlan => {
    const opensAt = dawn + nightMs + draw.whole(1_000, beginningsMs);
    const isLesson = wanted === 'all' ? draw.happens(0.5) : wanted === 'lessons';
    const payee = draw.whole(0, 2);
    const own = new Draw(`${seed}/${i}`);
    return isLesson ? drawLesson(own, `l${i}`, opensAt, payee) : drawBooking(own, `b${i}`, opensAt, payee);
  });
  const outages: Outage[] = [];
  if (draw.happens(0.3)) {
    // Where somebody's money is about to move, or at any time.
    const life = planned[draw.whole(0, lives - 1)];
    const from =
      life !== undefined && draw.happens(0.6) ? draw.oneOf(momentsOf(life)) : dawn + draw.whole(0, outagesMs);
    const lastsMs = draw.oneOf([60_000, 600_000, 600_000, durationMs('PT3H'), durationMs('PT26H')]);
    outages.push({ from, until: from + lastsMs, isMute: draw.happens(0.5) });
  }
  return { seed, lives: planned, outages, muted: [] };
}
