import { complaintLine } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import type { StoryLine } from '../machine.ts';
import type { MoveFact } from '../payment/moves.ts';
import { rulesLine } from '../rules.ts';
import { iso } from '../time.ts';
import type { BookingFact } from './booking.ts';

/** The line a person reads about a word that was accepted. */
export function wordLine(fact: Exclude<BookingFact, MoveFact>): StoryLine {
  const line = (what: string, actor: string, why: string | null = null, amount: number | null = null): StoryLine =>
    ({ at: fact.at, what, actor, why, stripeIds: [], amount }); // prettier-ignore
  switch (fact.type) {
    case 'rescheduled':
      return line('Rescheduled', 'app', `${iso(fact.startsAt)} for ${fact.durationMinutes} minutes`);
    case 'absent':
      return line(`No-show by the ${fact.party}`, 'app', fact.statement);
    case 'disputed':
    case 'evidenceGiven':
    case 'escalated':
    case 'resolved':
      return complaintLine(fact);
    case 'decided':
      return line(
        fact.plan.fate === 'cancelled' ? 'Cancelled' : 'Settlement decided',
        fact.by,
        fact.plan.reason,
        fact.plan.charge,
      );
    case 'unparked':
      return line('Tried again', fact.by, fact.reason);
    case 'skipped':
      return line('Step skipped', fact.by, fact.reason);
    case 'lookAgain':
      return line('Stripe read again', fact.by, fact.reason);
    case 'rulesAdopted':
      return rulesLine(fact);
    default:
      return assertNever(fact);
  }
}
