import { kindOf } from '../../domain/kinds.ts';
import type { InboxEvent } from '../../store/inbox.ts';
import type { Store } from '../../store/store.ts';
import { idIn, objectOf } from './event.ts';
import { isAboutDispute } from './known-types.ts';

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

/** What a bank's dispute is about. Its own id and metadata lead to the story of the dispute, which is told beside (B16). */
const disputedFields = ['charge', 'payment_intent'] as const;

/** The agreement an event concerns, or null where none is known (yet). */
export async function ownerOf(store: Store, event: InboxEvent): Promise<string | null> {
  const object = objectOf(event);
  if (isAboutDispute(event.type)) return await linkedBy(store, object, disputedFields);
  for (const named of [namedIn(object), idIn(object, 'transfer_group')]) {
    if (named !== null && kindOf(named) !== null && (await store.findAgreement(named)) !== null) return named;
  }
  return await linkedBy(store, object, linkFields);
}

/** The agreement that made one of the objects which these fields name. */
async function linkedBy(
  store: Store,
  object: ReturnType<typeof objectOf>,
  fields: readonly string[],
): Promise<string | null> {
  for (const field of fields) {
    const id = idIn(object, field);
    const owner = id === null ? null : await store.ownerOf(id);
    if (owner !== null) return owner;
  }
  return null;
}

/** The workflow id that is written on everything we create. */
function namedIn({ metadata }: Readonly<Record<string, unknown>>): string | null {
  return typeof metadata === 'object' && metadata !== null
    ? idIn(metadata as Record<string, unknown>, 'workflow_id')
    : null;
}
