import { coherent } from '../coherent/coherent.ts';
import { gather } from '../coherent/gather.ts';
import { honest } from '../coherent/honest.ts';
import type { SimulatorRequest } from '../coherent/requests.ts';
import { requestsOf } from '../coherent/requests.ts';
import { Draw } from './chance.ts';
import type { World } from './world.ts';

/** Of some twenty agreements so many are edited in a copy of the books. */
const editsAtOnce = 6;

/** Holds what is left of a world, which has come to rest, against everything that must be true of it. */
export async function judge(world: World): Promise<void> {
  const { simulator, store, stripe, server, timetable, violate, coverage, plan, strangers, lateCopies } =
    world;
  const asked = async <T>(path: string): Promise<T> => {
    const { body } = await simulator.handle({ method: 'GET', path: `/_sim${path}`, headers: {}, body: '' });
    return JSON.parse(body) as T;
  };
  const { violations } = await asked<{ violations: { what: string }[] }>('/books');
  for (const { what } of violations) violate('Stripe', 'simulator', what);
  const run = await gather({
    store,
    stripe,
    now: timetable.now(),
    quiescent: true,
    attended: true,
    clockSkewMs: 0,
    exclusive: true,
    wholeBalance: true,
    temporal: server.client,
    replay: async (workflowId) => (await server.stories.get(workflowId)?.replay()) ?? null,
    requests: async () => {
      const { data } = await asked<{ data: SimulatorRequest[] }>('/requests');
      return requestsOf(data.filter(({ id }) => !strangers.has(id) && !lateCopies.has(id)));
    },
  });
  const planted = plan.lives.flatMap(({ id }) => [`Person of ${id}`, `${id}@example.org`]);
  const texts = run.store.agreements.map(({ workflowId, state }) => ({
    where: workflowId,
    text: JSON.stringify(state),
  }));
  texts.push({ where: 'audit', text: JSON.stringify(run.store.audit) });
  const found = coherent({ ...run, secrets: { planted, texts } });
  const draw = new Draw(`${plan.seed}/edits`);
  const unnoticed = honest(
    run,
    editsAtOnce,
    (below) => draw.whole(0, below - 1),
    new Set(found.map(({ subject }) => subject)),
  );
  for (const { invariant, subject, message } of [...found, ...unnoticed])
    violate(invariant, subject, message);
  for (const { kind, status, paymentState } of run.store.agreements)
    coverage.count('endings', kind, `${status}/${paymentState}`);
}
