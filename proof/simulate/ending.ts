import { say } from './deeds.ts';
import type { Story } from './story.ts';
import type { World } from './world.ts';
import { letPass } from './world.ts';

/** Without trouble, and with people who look after it daily, everything is over by then: the longest wait is a complaint's. */
const longestDays = 150;
const dayMs = 86_400_000;
/** A step that was tried so often with nothing in its way is given up, where that is offered. */
const triesBeforeSkipping = 4;

/** Lets a world come to rest: nothing goes wrong any more, people help daily, and after a bounded time nothing is open. */
export async function bringToRest(world: World): Promise<void> {
  const { server, timetable, violate, post, payees, store, play } = world;
  for (const { account, stripeAccount } of payees) {
    await play(`/accounts/${stripeAccount}`, { capabilities: { transfers: 'active' } });
    const thaw = { id: account, frozen: false, by: 'admin', reason: 'x', at: timetable.now() };
    await store.setFrozen(thaw);
  }
  const tries = new Map<string, number>();
  const open = (): Story[] => [...server.stories.values()].filter((story) => story.isOpen);
  for (let day = 0; day < longestDays; day += 1) {
    for (const story of open()) await lookAfter(world, story, tries);
    await letPass(world, timetable.now() + dayMs);
    if (world.broken.length > 0) return;
    if (open().length > 0) continue;
    // News that were kept back may take a story up again.
    void post.sweep();
    void post.lookNow();
    await letPass(world, timetable.now() + dayMs);
    if (open().length === 0) return;
  }
  for (const { workflowId, state } of open()) {
    const parked = state?.parked ?? null;
    const why = parked === null ? 'nobody knows for what' : `${parked.operation}: ${parked.lastError}`;
    violate('M19', workflowId, `still open ${longestDays} days after the last trouble: ${why}`);
  }
}

/** What admins and banks do about one open story in a day. */
async function lookAfter(world: World, { workflowId, kind, state }: Story, tries: Map<string, number>): Promise<void> {
  const { play } = world;
  if (state === null) return;
  if (kind === 'dispute') {
    const { status } = await play(`/disputes/${state.input.id}/lose`);
    if (status !== 200) await play(`/disputes/${state.input.id}/close`);
  }
  const { intent } = state.payment;
  if (intent?.status === 'processing') await play(`/payment_intents/${intent.id}/fail`);
  if ('dispute' in state && state.dispute !== null && state.dispute.outcome === null)
    void say(world, workflowId, 'admin', 'resolve', { outcome: 'release', reason: 'x' });
  if (state.parked === null) return;
  const count = (tries.get(workflowId) ?? 0) + 1;
  tries.set(workflowId, count);
  const canSkip = state.parked.commands.includes('skip') && count > triesBeforeSkipping;
  void say(world, workflowId, 'admin', canSkip ? 'skip' : 'retry', { reason: 'x' });
} // prettier-ignore
