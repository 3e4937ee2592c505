import { workflowIdOf } from '../../domain/kinds.ts';
import type { Keeping } from '../http/idempotency.ts';
import type { ApiPorts } from '../ports.ts';
import type { Face } from './face.ts';

interface Identified {
  readonly id: string;
}

/** Puts back from the row what was not kept; a row whose people were forgotten shows none. */
async function recalled<Shown extends Identified>(
  { store }: ApiPorts,
  { kind, show, recall }: Face<Shown>,
  kept: Shown,
): Promise<Shown> {
  const row = await store.findAgreement(workflowIdOf(kind, kept.id));
  return row === null ? kept : recall(kept, show(row));
}

/** How an answer that is an agreement is kept for its repetitions. */
export const keptShown = <Shown extends Identified>(ports: ApiPorts, face: Face<Shown>): Keeping<Shown> => ({
  forget: (shown) => face.forget(shown),
  recall: (kept) => recalled(ports, face, kept as Shown),
});

/** How an answer that carries an agreement in the field of its kind is kept for its repetitions. */
export const keptWithin = <Shown extends Identified, Body extends object>(
  ports: ApiPorts,
  face: Face<Shown>,
  shownIn: (body: Body) => Shown,
): Keeping<Body> => ({
  forget: (body) => ({ ...body, [face.kind]: face.forget(shownIn(body)) }),
  recall: async (kept) => {
    const body = kept as Body;
    return { ...body, [face.kind]: await recalled(ports, face, shownIn(body)) };
  },
});
