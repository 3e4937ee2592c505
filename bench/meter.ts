import { median, timed } from './finding.ts';
import { cpuMs } from './process.ts';

/** What work took, by the clock and by the processor time of each process, in milliseconds. */
export interface Cost {
  readonly ms: number;
  readonly cpu: Readonly<Record<string, number>>;
}

/** Runs work and answers what it cost. */
export type Meter = (work: () => Promise<void>) => Promise<Cost>;

/** A meter over these processes, given by what they are. */
export function meterOf(pids: Readonly<Record<string, number>>): Meter {
  const spent = (): [string, number][] => Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]);
  return async (work) => {
    const before = Object.fromEntries(spent());
    const ms = await timed(work);
    return { ms, cpu: Object.fromEntries(spent().map(([name, now]) => [name, now - (before[name] ?? 0)])) };
  };
}

/** The processor time of one of `count` lives in each process that took part in it, by the median of the rounds. */
export function perLife(rounds: readonly (readonly Cost[])[], count: number): string {
  const names = Object.keys(rounds[0]?.[0]?.cpu ?? {});
  const ofRound = (round: readonly Cost[], name: string): number =>
    round.reduce((sum, { cpu }) => sum + (cpu[name] ?? 0), 0);
  return names
    .map((name) => ({ name, ms: median(rounds.map((round) => ofRound(round, name) / count)) }))
    .filter(({ ms }) => ms >= 1)
    .map(({ name, ms }) => `${name} ${ms.toFixed(0)}`)
    .join(', ');
}
