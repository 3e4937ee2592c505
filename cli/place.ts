import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliFailure, exitCodes } from './failure.ts';

/** What the command line reads of its environment; only the entrypoint touches the real one. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where the instance is, and who we are there. */
export interface Place {
  readonly url: string;
  readonly token: string;
  /** The simulated Stripe, where the instance is a local one in demo mode. */
  readonly stripe: string | null;
  readonly temporalUi: string | null;
}

/** The folder the local instance keeps everything in. */
export const dataFolderOf = (variables: Variables): string =>
  resolve(variables['HOLDFAST_DATA_DIR'] || './data');

/** Finds the instance: the one HOLDFAST_URL names, else the one that runs on the data folder of this machine. */
export function findPlace(variables: Variables): Place {
  const { HOLDFAST_URL: url, HOLDFAST_TOKEN: token } = variables;
  if (url) {
    if (token) return { url: url.replace(/\/+$/, ''), token, stripe: null, temporalUi: null };
    throw new CliFailure(exitCodes.usage, 'HOLDFAST_URL is set, and HOLDFAST_TOKEN is missing');
  }
  const file = join(dataFolderOf(variables), 'instance.json');
  const instance = readInstance(file);
  const { api, stripe, temporalUi, tokens } = instance;
  const own = token || (isRecord(tokens) ? tokens['admin'] : undefined);
  if (typeof api !== 'string' || typeof own !== 'string') {
    throw new CliFailure(exitCodes.unreachable, `${file} names no API and no token; set HOLDFAST_TOKEN`);
  }
  return { url: api, token: own, stripe: textOrNull(stripe), temporalUi: textOrNull(temporalUi) };
}

function readInstance(file: string): Record<string, unknown> {
  try {
    const instance: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(instance)) return instance;
  } catch {
    // Absent, unreadable or cut short: for whoever asks it is all the same.
  }
  throw new CliFailure(
    exitCodes.unreachable,
    `No instance runs here (${file} is not there).\nFix: npm start, or set HOLDFAST_URL and HOLDFAST_TOKEN.`,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
