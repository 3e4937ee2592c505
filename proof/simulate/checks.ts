import type { AgreementState, Kind } from '../../domain/kinds.ts';
import type { Fact } from '../../domain/machine.ts';
import { moneyProblem } from '../../domain/payment/books.ts';
import type { Ground } from './ground.ts';
import type { Trace } from './trace.ts';

/** No life we know learns as much; a story that goes in circles is caught, not waited for. */
const mostFacts = 20_000;

/** Watches every fact that a story learns: it is written down, counted once, and leaves books that can be true. */
export function witnessOf(trace: Trace, violate: Ground['violate']): Ground['witness'] {
  return (workflowId, _kind: Kind, before: AgreementState, after: AgreementState, fact: Fact) => {
    trace.tell(workflowId, `learns ${wordsOf(fact)}`);
    const problem = moneyProblem(after.payment.money);
    if (problem !== null) violate('M4', workflowId, `after ${fact.type}: ${problem}`);
    if (before.rev > mostFacts) violate('M19', workflowId, 'the story goes in circles');
  };
}

const told = ['amount', 'fee', 'netted', 'code', 'cause', 'status', 'lastError', 'effect', 'plan', 'about', 'rejection', 'recovered', 'available'] as const; // prettier-ignore

function wordsOf(fact: Fact): string {
  const known = fact as unknown as Readonly<Record<string, unknown>>;
  const parts = told.flatMap((name) =>
    known[name] === undefined ? [] : [`${name} ${JSON.stringify(known[name])}`],
  );
  return [fact.type, ...parts].join(', ');
}
