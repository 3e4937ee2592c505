import type { Move, MoveType } from './moves.ts';
import { operationKey } from './moves.ts';

/** A move that is journalled: everything but the reads. */
export type JournalMove = Extract<Move, { readonly n: number }>;

/** What the journal commits before Stripe is called: the key, and the request frozen with it (stripe-rules B3). */
export interface Intent {
  readonly key: string;
  readonly kind: MoveType;
  /** Every parameter of the move; equal text means the same request. */
  readonly params: Readonly<Record<string, unknown>>;
}

export const isJournalled = (move: Move): move is JournalMove => 'n' in move;

/** The intent of a move: built from the move alone, so a retry builds the same one. */
export function intentOf(workflowId: string, move: JournalMove): Intent {
  const { n, ...params } = move;
  return { key: operationKey(workflowId, { type: move.type, n }), kind: move.type, params };
}
