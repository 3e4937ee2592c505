import type { Invariant } from '../cases.ts';
import { broken } from '../cases.ts';
import { grouped } from '../grouped.ts';

/** M15: an event is kept once and heard once, however often it was delivered. */
export const eventsOnce: Invariant = ({ run, stories, ownerOf }) => [
  ...[...grouped(run.store.inbox, ({ eventId }) => eventId)]
    .filter(([, copies]) => copies.length > 1)
    .map(([id, copies]) => {
      const [first] = copies;
      const subject = ownerOf(first?.objectId ?? '') ?? id;
      return broken('M15', subject, `${first?.type} ${id} stands ${copies.length} times in the inbox`);
    }),
  ...[...stories.values()].flatMap(({ workflowId, row }) =>
    [...grouped(row.state.heard, (id) => id)]
      .filter(([, times]) => times.length > 1)
      .map(([id, times]) => broken('M15', workflowId, `it heard ${id} ${times.length} times`)),
  ),
];
