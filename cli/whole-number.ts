import { CliFailure, exitCodes } from './failure.ts';

/** A count of cents or basis points as somebody typed it; "12.50" is refused rather than rounded. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new CliFailure(exitCodes.usage, `${option} takes a whole number such as 1250, not "${text}"`);
}
