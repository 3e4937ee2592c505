import { iso } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Invariant, Story } from '../cases.ts';
import { broken } from '../cases.ts';
import type { PassedState } from '../run.ts';

/** For each state those that may be seen next. Nobody sees every state, so each set holds what can follow at any distance. */
type Graph = Readonly<Record<string, readonly string[]>>;

const lessonBefore = ['awaiting_payment', 'scheduled', 'in_progress', 'ended_early'];
const settled = ['settling', 'completed', 'cancelled', 'disputed'];

/** A lesson: before its end in any order (a new date takes it back), then forward only. */
const lessonStates: Graph = {
  ...Object.fromEntries(lessonBefore.map((state) => [state, [...lessonBefore, ...settled]])),
  settling: settled,
  disputed: settled,
  // A complaint or a refund takes up what was completed but not divided.
  completed: ['disputed', 'settling', 'cancelled'],
  cancelled: [],
};

/** A booking: the bank may dispute it in every state that has money, and it goes back to where it was. */
const bookingStates: Graph = {
  awaiting_payment: ['confirming', 'confirmed', ...settled],
  confirming: ['confirmed', ...settled],
  confirmed: settled,
  settling: settled,
  disputed: ['confirming', 'confirmed', ...settled],
  completed: ['disputed', 'cancelled'],
  cancelled: ['disputed'],
};

const disputeStates: Graph = {
  needs_response: ['under_review', 'won', 'lost', 'closed'],
  // An inquiry that was answered may become a chargeback.
  under_review: ['needs_response', 'won', 'lost', 'closed'],
  won: [],
  lost: [],
  closed: [],
};

const lessonMoney = ['captured', 'partially_refunded', 'refunded'];
const bookingMoney = ['SUCCEEDED', 'DISPUTED', 'REFUNDED', 'PARTIALLY_REFUNDED', 'TRANSFERRED', 'REVERSED'];
const unpaid = ['PENDING', 'PROCESSING', 'FAILED'];

const each = (states: readonly string[], next: readonly string[]): Graph =>
  Object.fromEntries(states.map((state) => [state, next]));

/** Money that was taken is never untaken: it is given back, and stays a payment that was. */
const paymentStates: Readonly<Record<string, Graph>> = {
  lesson: {
    ...each(['pending', 'failed'], ['pending', 'failed', 'authorized', 'released', ...lessonMoney]),
    authorized: ['released', ...lessonMoney],
    ...each(lessonMoney, lessonMoney),
    released: [],
  },
  booking: { ...each(unpaid, [...unpaid, ...bookingMoney]), ...each(bookingMoney, bookingMoney) },
};

const stateGraphs: Readonly<Record<string, Graph>> = {
  lesson: lessonStates,
  booking: bookingStates,
  dispute: disputeStates,
};

const parked = 'parked';

/** M16: an agreement goes only where its graph leads, and what is over stays over but for disputes and refunds. */
export const monotone: Invariant = ({ run, stories }) =>
  (run.transitions ?? []).flatMap(({ workflowId, states }) => {
    const kind = stories.get(workflowId)?.row.kind ?? '';
    const cameBack = refundCameBack(stories.get(workflowId));
    const step = (name: 'state' | 'paymentState', graph: Graph | undefined) =>
      steps(states, name).filter(([from, to, at]) => !mayFollow(graph, from, to) && !(to === 'settling' && at >= cameBack));
    const wrong = [...step('state', stateGraphs[kind]), ...step('paymentState', paymentStates[kind])];
    const found = wrong.map(([from, to, at]) =>
      broken('M16', workflowId, `it went from ${from} to ${to} at ${iso(at)}, where no way leads`),
    );
    const back = states.find(({ rev }, index) => index > 0 && rev <= (states[index - 1]?.rev ?? -1));
    if (back === undefined) return found;
    return [...found, broken('M16', workflowId, `${back.state} of revision ${back.rev} was shown after a later one`)];
  }); // prettier-ignore

/** When a refund was found to have failed: what was over has money again, and is divided (E2). */
const refundCameBack = (story: Story | undefined): Instant =>
  story?.row.state.story.find(({ what }) => what === 'A refund failed')?.at ?? Infinity;

/** A graph is known for every state it names; where there is none, nothing is claimed. */
const mayFollow = (graph: Graph | undefined, from: string, to: string): boolean =>
  graph === undefined || from === to || graph[from] === undefined || graph[from].includes(to);

/** Each change, seen past the times of waiting for a person: whoever is parked goes on from where they were. */
function steps(
  states: readonly PassedState[],
  name: 'state' | 'paymentState',
): [from: string, to: string, at: number][] {
  const found: [string, string, number][] = [];
  let last: string | null = null;
  for (const one of states) {
    const state = one[name];
    if (state === parked) continue;
    if (last !== null && last !== state) found.push([last, state, one.at]);
    last = state;
  }
  return found;
}
