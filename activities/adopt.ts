import type { MoveFact, MoveType } from '../domain/payment/moves.ts';
import { contentHash } from '../store/canonical-json.ts';
import type { Operation } from '../store/journal.ts';
import type { Outcome } from './outcome.ts';
import { adoption, closeMoot, finish, mootAfter, news } from './outcome.ts';
import { after, columnsOf } from './tasks.ts';
import type { Ports, Story } from './tasks.ts';

/**
 * Books what a read found. Money that somebody else moved is adopted as an operation of its own; anything else only shows
 * the story. Adoptions are numbered and the story hears the number, so each is booked once, whoever came to hear of it.
 */
export async function adopt(
  task: Story,
  workflowId: string,
  { fact: found, ...outcome }: Outcome,
  ports: Ports,
): Promise<MoveFact> {
  const operations = await ports.store.listOperations(workflowId);
  const open = operations.filter(({ status }) => status === 'intended');
  // Our own operation whose answer never came, where the read shows that it took effect.
  const lost = open.findLast(({ kind }) => kind === moveBehind(found));
  const isMoot = (one: Operation) => one !== lost && mootAfter(found).includes(one.kind);
  await closeMoot(ports, open.filter(isMoot), found);

  const n = operations.filter(({ kind }) => kind === adoption).length;
  const moved = news(task, found, operations);
  const isAdopted = lost === undefined && moved.length > 0;
  const fact = numbered(found, isAdopted ? n + 1 : n);
  if (lost !== undefined) return await finish({ ports, workflowId, task, key: lost.key }, { ...outcome, fact, effect: true });
  if (!isAdopted) return await show(task, workflowId, fact, ports);
  const key = `${workflowId}:${adoption}:${n + 1}`;
  const params = { found: outcome.objects, moved };
  const intent = { key, workflowId, kind: adoption, params, paramsHash: contentHash(params), at: ports.clock.now() };
  return await finish({ ports, workflowId, task, key }, { ...outcome, fact }, intent);
} // prettier-ignore

/** A read of the payment says how many adoptions are in the journal with it; no other read finds money. */
const numbered = (fact: MoveFact, adopted: number): MoveFact =>
  fact.type === 'captured' ? { ...fact, adopted } : fact;

/** The move of ours that leaves Stripe as this fact found it. */
function moveBehind(fact: MoveFact): MoveType | null {
  switch (fact.type) {
    case 'captured':
      return fact.elsewhere ? null : 'capture';
    case 'holdGone':
      return 'release';
    case 'checkoutSeen':
      return fact.status === 'expired' ? 'expireCheckout' : null;
    case 'disputeSeen':
      return fact.status === 'lost' ? 'acceptDispute' : fact.submissions > 0 ? 'submitEvidence' : null;
    default:
      return null;
  }
}

/** Shows the story with a fact that moved no money. */
async function show(task: Story, workflowId: string, fact: MoveFact, ports: Ports): Promise<MoveFact> {
  const state = after(task.kind, task.state, fact);
  const at = ports.clock.now();
  const columns = columnsOf(task.kind, state, at);
  await ports.store.project({ workflowId, state, columns, actor: 'system', at });
  return fact;
}
