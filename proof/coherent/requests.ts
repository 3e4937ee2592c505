import type { LoggedRequest } from './run.ts';

/** A request as the simulator's log shows it (http.md 7). */
export interface SimulatorRequest extends Omit<LoggedRequest, 'at' | 'effect'> {
  readonly at: string;
}

/** Faults after which the caller saw an error although the request was carried out. */
const afterEffect: ReadonlySet<string> = new Set(['drop_after', 'cut_body_after', 'status_after']);

/** The simulator's log as facts of a run: what was answered from the key store had its effect before. */
export const requestsOf = (rows: readonly SimulatorRequest[]): LoggedRequest[] =>
  rows.map((row) => ({ ...row, at: Date.parse(row.at), effect: hadEffect(row) }));

function hadEffect({ method, status, replayed, fault }: SimulatorRequest): boolean {
  if (method === 'GET' || replayed || fault === 'drop_before') return false;
  if (fault !== null && afterEffect.has(fault)) return true;
  return status !== null && status >= 200 && status < 300;
}
