// cli/: commands for operators. They talk to a running instance over HTTP and know nothing of its insides:
// whatever the command line can do, a script with a token can do too.

/** How a command ends, for scripts. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, conflict: 4, unreachable: 5 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a sentence and an exit code. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  /** What the server said, for `--json`. */
  readonly problem: unknown;

  constructor(exitCode: ExitCode, message: string, problem: unknown = null) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}
