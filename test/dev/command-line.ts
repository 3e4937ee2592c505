import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
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

/** Runs the command line as a script does: a process of its own that finds the house by its `instance.json`. */
export async function commandLineOf(house: House) {
  announce(house.folder, {
    api: house.apiUrl,
    dashboard: `${house.apiUrl}/admin`,
    stripe: house.stripeUrl,
    temporal: '',
    temporalUi: null,
    tokens: await demoTokens(house.config),
    pid: process.pid,
  });
  return (command: string, variables: Record<string, string> = {}): Promise<Ran> => {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, HOLDFAST_DATA_DIR: house.folder, ...variables };
    const words = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        ['cli/holdfast.mjs', ...words],
        { cwd: root, env },
        (_, out, err) => done({ code: child.exitCode ?? -1, out, err }),
      );
      child.stdin?.end();
    });
  };
}

/** The answer of a command that was given `--json`. */
export const json = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;
