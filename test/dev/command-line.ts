import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { run } from '../../cli/run.ts';
import { announce } from '../../worker/instance.ts';
import { demoTokens } from '../../worker/tokens.ts';
import type { House } from '../house/house.ts';

const root = resolve(import.meta.dirname, '../..');

/** How a command ended: its exit code, its answer, and what it said besides. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Words of a command line; what stands in single quotes is one. */
const wordsOf = (command: string): string[] =>
  command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];

/** Lets commands find the house by its `instance.json`; answers the variables that lead there. */
async function announced(house: House): Promise<Readonly<Record<string, string>>> {
  announce(house.folder, {
    api: house.apiUrl,
    dashboard: `${house.apiUrl}/admin`,
    stripe: house.stripeUrl,
    temporal: '',
    temporalUi: null,
    tokens: await demoTokens(house.config),
    pid: process.pid,
  });
  return { HOLDFAST_DATA_DIR: house.folder };
}

/** Runs the command line as a script does: in a process of its own. */
export async function processesOf(house: House) {
  const { PATH = '', HOME = '' } = process.env;
  const own = { PATH, HOME, ...(await announced(house)) };
  return (command: string, variables: Record<string, string> = {}): Promise<Ran> =>
    new Promise((done) => {
      const child = execFile(
        process.execPath,
        ['cli/holdfast.mjs', ...wordsOf(command)],
        { cwd: root, env: { ...own, ...variables } },
        (_, out, err) => done({ code: child.exitCode ?? -1, out, err }),
      );
      child.stdin?.end();
    });
}

/** Runs the command line in this process, which is the whole of it but for its start. */
export async function commandLineOf(house: House) {
  const variables = await announced(house);
  return async (command: string): Promise<Ran> => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await run(wordsOf(command), {
      variables,
      isColoured: false,
      write: (text) => void out.push(text),
      complain: (text) => void err.push(text),
    });
    return { code, out: out.join(''), err: err.join('') };
  };
}

/** The answer of a command that was given `--json`. */
export const json = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;
