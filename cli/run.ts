import { CommanderError } from 'commander';
import { createClient } from './client.ts';
import { confirm } from './confirm.ts';
import { CliFailure, exitCodes } from './failure.ts';
import { Output } from './output.ts';
import type { Variables } from './place.ts';
import { findPlace } from './place.ts';
import { createProgram } from './program.ts';

/** What the command line has of the process that runs it. */
export interface Surroundings {
  readonly variables: Variables;
  readonly isColoured: boolean;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** Runs one command, given as the words after `holdfast`, and answers the exit code. Errors end here and nowhere else. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { variables, isColoured, write, complain } = surroundings;
  const program = createProgram(({ json, quiet, yes }) => ({
    out: new Output({ json, quiet, colour: isColoured }, (line) => write(`${line}\n`)),
    variables,
    client: () => createClient(findPlace(variables)),
    confirm: (question) => confirm(question, yes),
  }));
  const commands = [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands: inner }) => inner),
  ];
  for (const command of commands)
    command.exitOverride().configureOutput({ writeOut: write, writeErr: complain });

  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof CommanderError)) complain(`${told(error, words.includes('--json'))}\n`);
    return exitCodeOf(error);
  }
}

/** The kind of an error, as scripts learn of it. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CliFailure) return error.exitCode;
  // Help that was asked for is an answer; help because something was missing is not.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return exitCodes.failed;
}

function told(error: unknown, isJson: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const problem = error instanceof CliFailure ? error.problem : null;
  return isJson ? JSON.stringify({ error: { message, problem } }, null, 2) : message;
}
