import { CommanderError } from 'commander';
import { createClient } from './client.ts';
import { confirm } from './confirm.ts';
import { CliFailure, exitCodes } from './failure.ts';
import { Output } from './output.ts';
import { findPlace } from './place.ts';
import { createProgram } from './program.ts';

const { env } = process;
const isColoured = process.stdout.isTTY && !env['NO_COLOR'];
const isJson = process.argv.includes('--json');

const program = createProgram(({ json, quiet, yes }) => ({
  out: new Output({ json, quiet, colour: isColoured }, (line) => console.log(line)),
  variables: env,
  client: () => createClient(findPlace(env)),
  confirm: (question) => confirm(question, yes),
}));

// Errors end here and nowhere else, so that the exit code says what kind they are.
const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: inner }) => inner)];
for (const command of commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) report(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CliFailure) return error.exitCode;
  // Help that was asked for is an answer; help because something was missing is not.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return exitCodes.failed;
}

function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const problem = error instanceof CliFailure ? error.problem : null;
  console.error(isJson ? JSON.stringify({ error: { message, problem } }, null, 2) : message);
}
