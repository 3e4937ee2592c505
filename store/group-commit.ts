import type { Work } from './unit.ts';

/** Errors of the disk or the lock: each row would meet them again, and a busy lock costs seconds every time. */
const troubleOfAll = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/;

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** A queue whose work is committed together: many small writes for the price of one sync of the disk. */
export interface GroupCommit {
  /** Resolves after the commit that holds this work, never before. */
  add<Result>(work: Work<Result>): Promise<Result>;
  /** Commits what waits now. */
  flush(): void;
}

/**
 * Collects the work of one turn of the event loop and commits it at its end. Where the group fails for what one
 * member brought, each is tried alone, so the others succeed.
 */
export function groupCommit(write: <Result>(work: Work<Result>) => Result): GroupCommit {
  let waiting: Waiting[] = [];

  const alone = ({ work, resolve, reject }: Waiting): void => {
    try {
      resolve(write(work) as never);
    } catch (error) {
      reject(error);
    }
  };

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    let results: unknown[];
    try {
      results = write(function* (session) {
        const answers: unknown[] = [];
        for (const { work } of group) answers.push(yield* work(session));
        return answers;
      });
    } catch (error) {
      if (isTroubleOfAll(error)) for (const { reject } of group) reject(error);
      else for (const member of group) alone(member);
      return;
    }
    for (const [index, { resolve }] of group.entries()) resolve(results[index] as never);
  };

  return {
    add: (work) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ work, resolve, reject });
      }),
    flush,
  };
}

function isTroubleOfAll(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && troubleOfAll.test(code)) || isTroubleOfAll(error.cause);
}
