import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The oldest Node this runs on. */
const oldestNode = { major: 20, minor: 19 };

/** Looks at everything an instance needs and says what is wrong with the first thing that is; exit 1 when any is. */
export async function doctor({ out, client }: Context): Promise<void> {
  const checks = [nodeCheck(), ...(await instanceChecks(client))];
  const failed = checks.filter(({ ok }) => !ok);
  out.answer({ ok: failed.length === 0, checks }, () =>
    checks.map(
      ({ name, ok, detail }) =>
        `${ok ? out.paint('green', '✓') : out.paint('red', '✗')} ${name.padEnd(10)} ${detail}`,
    ),
  );
  if (failed.length > 0)
    throw new CliFailure(exitCodes.failed, `${failed.length} of ${checks.length} checks failed`);
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  return { name: 'node', ok, detail: `${process.versions.node}${ok ? '' : ', needs 20.19 or later'}` };
}

async function instanceChecks(client: Context['client']): Promise<Check[]> {
  try {
    const api = client();
    const found: Check = { name: 'instance', ok: true, detail: api.place.url };
    return [found, await readiness(api.place.url), await tokenCheck(client), await stripeCheck(client)];
  } catch (error) {
    return [{ name: 'instance', ok: false, detail: firstLine(error) }];
  }
}

/** Asked by hand: an instance that is not ready answers 503 with its checks, which is what we want to see. */
async function readiness(url: string): Promise<Check> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) });
    const { checks = {} } = (await response.json()) as { checks?: Record<string, string> };
    const detail = Object.entries(checks)
      .map(([name, state]) => `${name} ${state}`)
      .join(', ');
    return { name: 'ready', ok: response.ok, detail };
  } catch {
    return { name: 'ready', ok: false, detail: `${url} does not answer; start it with npm start` };
  }
}

async function tokenCheck(client: Context['client']): Promise<Check> {
  try {
    await client().get('/api/lessons?limit=1');
    return { name: 'token', ok: true, detail: 'accepted' };
  } catch (error) {
    return { name: 'token', ok: false, detail: firstLine(error) };
  }
}

async function stripeCheck(client: Context['client']): Promise<Check> {
  const { stripe } = client().place;
  if (stripe === null)
    return { name: 'stripe', ok: true, detail: 'not asked: the instance is not a local one' };
  const response = await fetch(`${stripe}/_sim/books`, { signal: AbortSignal.timeout(10_000) }).catch(
    () => null,
  );
  if (response === null) return { name: 'stripe', ok: false, detail: `${stripe} does not answer` };
  if (!response.ok) return { name: 'stripe', ok: true, detail: stripe };
  const books = (await response.json()) as { balanced?: boolean };
  return {
    name: 'stripe',
    ok: books.balanced !== false,
    detail: `simulated, books ${books.balanced === false ? 'do not balance' : 'balance'}`,
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
