import { complaintLine } from '../complaint/complaint.ts';
import { assertNever } from '../errors.ts';
import type { StoryLine } from '../machine.ts';
import { lineOf } from '../machine.ts';
import { orderLine } from '../orders.ts';
import type { MoveFact } from '../payment/moves.ts';
import { decidedLine } from '../payment/plan.ts';
import { rulesLine } from '../rules.ts';
import { iso } from '../time.ts';
import type { BookingFact } from './booking.ts';

/** The line a person reads about a word that was accepted. */
export function wordLine(fact: Exclude<BookingFact, MoveFact>): StoryLine {
  switch (fact.type) {
    case 'rescheduled':
      return lineOf(fact, 'Rescheduled', 'app', `${iso(fact.startsAt)} for ${fact.durationMinutes} minutes`);
    case 'absent':
      return lineOf(fact, `No-show by the ${fact.party}`, 'app', fact.statement);
    case 'disputed':
    case 'evidenceGiven':
    case 'escalated':
    case 'resolved':
      return complaintLine(fact);
    case 'decided':
      return decidedLine(fact);
    case 'unparked':
    case 'skipped':
    case 'lookAgain':
      return orderLine(fact);
    case 'rulesAdopted':
      return rulesLine(fact);
    default:
      return assertNever(fact);
  }
}
