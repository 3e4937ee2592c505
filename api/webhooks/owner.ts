import { kindOf } from '../../domain/kinds.ts';
import type { InboxEvent } from '../../store/inbox.ts';
import type { Store } from '../../store/store.ts';
import { idIn, objectOf } from './event.ts';

/** Where an object names the payment it belongs to, by id. */
const linkFields = [
  'id',
  'payment_intent',
  'charge',
  'transfer',
  'source_transaction',
  'setup_intent',
  'latest_charge',
] as const;

/** The agreement an event concerns, or null where none is known (yet). */
export async function ownerOf(store: Store, event: InboxEvent): Promise<string | null> {
  const object = objectOf(event);
  for (const named of [namedIn(object), idIn(object, 'transfer_group')]) {
    if (named !== null && isOfAgreement(named) && (await store.findAgreement(named)) !== null) return named;
  }
  for (const field of linkFields) {
    const id = idIn(object, field);
    const owner = id === null ? null : await store.ownerOf(id);
    if (owner !== null) return owner;
  }
  return null;
}

/** Evidence that we sent bears the name of the dispute's own story, which is told beside; the news are the agreement's (B16). */
const isOfAgreement = (workflowId: string): boolean => !['dispute', null].includes(kindOf(workflowId));

/** The workflow id that is written on everything we create. */
function namedIn({ metadata }: Readonly<Record<string, unknown>>): string | null {
  return typeof metadata === 'object' && metadata !== null
    ? idIn(metadata as Record<string, unknown>, 'workflow_id')
    : null;
}
