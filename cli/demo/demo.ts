import type { Client } from '../client.ts';
import { createClient } from '../client.ts';
import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { Output } from '../output.ts';
import { startOwnInstance } from './own-instance.ts';
import type { OwnInstance } from './own-instance.ts';
import { play } from './play.ts';

/** Plays lessons and bookings through months of travelled time on a running instance, or one of its own, and checks every cent. */
export async function demo({ out, client, variables }: Context): Promise<void> {
  const running = await runningDemo(client);
  const own = running === null ? await start(out, () => startOwnInstance(variables)) : null;
  try {
    const api = running ?? createClient((own as OwnInstance).place);
    const results = await play(api, out);
    const wrong = results.filter(({ mistakes }) => mistakes.length > 0);
    out.answer({ ok: wrong.length === 0, agreements: results }, () => [
      '',
      wrong.length === 0
        ? out.paint('green', `All ${results.length} agreements ended as they must, to the cent.`)
        : out.paint('red', `${wrong.length} of ${results.length} agreements did not end as they must.`),
    ]);
    if (wrong.length > 0)
      throw new CliFailure(
        exitCodes.failed,
        wrong.flatMap(({ id, mistakes }) => mistakes.map((one) => `${id}: ${one}`)).join('\n'),
      );
  } finally {
    await own?.stop();
  }
}

function start(out: Output, begin: () => Promise<OwnInstance>): Promise<OwnInstance> {
  out.note('No instance runs here; starting one for the demo …');
  return begin();
}

/** The instance that runs, where it is in demo mode and answers. */
async function runningDemo(client: Context['client']): Promise<Client | null> {
  try {
    const found = client();
    await found.get('/_dev/clock');
    return found;
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === exitCodes.unreachable) return null;
    if (error instanceof CliFailure && error.exitCode === exitCodes.notFound) {
      throw new CliFailure(exitCodes.usage, 'The instance is not in demo mode: its clock cannot travel');
    }
    throw error;
  }
}
