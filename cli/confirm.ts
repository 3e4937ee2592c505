import { createInterface } from 'node:readline/promises';
import { CliFailure, exitCodes } from './failure.ts';

/** Lets the command go on when the person says yes. A script cannot be asked: it has to say `--yes` beforehand. */
export async function confirm(question: string, isYes: boolean): Promise<void> {
  if (isYes) return;
  if (!process.stdin.isTTY)
    throw new CliFailure(exitCodes.usage, `${question}\nNobody can be asked here: add --yes`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliFailure(exitCodes.failed, 'Nothing was done');
  } finally {
    lines.close();
  }
}
