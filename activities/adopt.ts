import { ledgerLines } from '../domain/payment/books.ts';
import type { MoveFact, MoveType } from '../domain/payment/moves.ts';
import { contentHash } from '../store/canonical-json.ts';
import type { Operation } from '../store/journal.ts';
import type { Outcome } from './outcome.ts';
import { booksBefore, closeMoot, finish, mootAfter } from './outcome.ts';
import { after, columnsOf } from './tasks.ts';
import type { Ports, Story } from './tasks.ts';

/**
 * Books what a read found. Money that somebody else moved is adopted as an operation of its own, named after the
 * revision that read it, so that a repeated read books it once; anything else only shows the story.
 */
export async function adopt(
  task: Story,
  workflowId: string,
  outcome: Outcome,
  ports: Ports,
): Promise<MoveFact> {
  const { fact } = outcome;
  const operations = await ports.store.listOperations(workflowId);
  // Our own operation whose answer never came, where the read shows that it took effect.
  const lost = operations.findLast(({ kind, status }) => status === 'intended' && kind === moveBehind(fact));
  const key = lost?.key ?? `${workflowId}:adopt:${task.state.rev}`;
  const before = await booksBefore(task, fact, key, ports);
  const moved = ledgerLines(before, after(task.kind, task.state, fact).payment.money);
  const isBooked = lost !== undefined || moved.length > 0;
  const isMoot = (one: Operation) => mootAfter(fact).includes(one.kind) && !(isBooked && one.key === key);
  await closeMoot(ports, operations.filter(isMoot), fact);
  if (!isBooked) return await show(task, workflowId, fact, ports);
  if (lost !== undefined) return await finish({ ports, task, key }, { ...outcome, effect: true });
  const params = { found: outcome.objects, moved };
  const intent = { key, workflowId, kind: 'adopt', params, paramsHash: contentHash(params) };
  await ports.store.intend({ ...intent, at: ports.clock.now() });
  return await finish({ ports, task, key }, outcome);
}

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
