import type { Kind } from '../../domain/kinds.ts';
import type { BaseState } from '../../domain/machine.ts';
import { AppError } from '../../domain/errors.ts';
import { workflowIdOf } from '../../domain/kinds.ts';
import { iso } from '../../domain/time.ts';
import type { Agreement } from '../../store/agreements.ts';
import type { ApiPorts } from '../ports.ts';

// api/agreements/: how agreements are started, told things and shown. What they do is decided in domain/.

/** How agreements of one kind look from outside, and what of it is kept nowhere but in their rows. */
export interface Face<Shown extends { readonly id: string }> {
  readonly kind: Kind;
  readonly show: (row: Agreement) => Shown;
  /** The same without anybody's name or address and without secrets of a payment. */
  readonly forget: (shown: Shown) => Shown;
  /** What was kept with what was not, as the agreement shows it now. */
  readonly recall: (kept: Shown, now: Shown) => Shown;
}

/** The agreement of an id as its row has it; throws `not_found`. */
export async function found({ store }: ApiPorts, kind: Kind, id: string): Promise<Agreement> {
  const row = await store.findAgreement(workflowIdOf(kind, id));
  if (row === null) throw new AppError('not_found', `There is no ${kind} ${id}`);
  return row;
}

/** The story of an agreement, line by line. */
export function shownTimeline({ state, currency }: Agreement) {
  const { story }: BaseState = state;
  return {
    data: story.map((line) => ({
      at: iso(line.at),
      what: line.what,
      actor: line.actor,
      why: line.why,
      stripeIds: [...line.stripeIds],
      amount: line.amount,
      currency,
    })),
  };
}
