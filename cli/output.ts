import { styleText } from 'node:util';

/** How much and in which form a command answers. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

type Format = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

/** Writes a command's answer: JSON for scripts, words for people, ids only when asked to be quiet. */
export class Output {
  readonly options: OutputOptions;
  readonly #write: (line: string) => void;

  constructor(options: OutputOptions, write: (line: string) => void) {
    this.options = options;
    this.#write = write;
  }

  /** The answer itself, once per command; `brief` is all that remains of it under `--quiet`. */
  answer(value: unknown, words: () => readonly string[], brief: readonly string[] = []): void {
    if (this.options.json) this.#write(JSON.stringify(value, null, 2));
    else for (const line of this.options.quiet ? brief : words()) this.#write(line);
  }

  /** What happens along the way; scripts do not want it. */
  note(line: string): void {
    if (!this.options.json && !this.options.quiet) this.#write(line);
  }

  paint(format: Format, text: string): string {
    return this.options.colour ? styleText(format, text, { validateStream: false }) : text;
  }

  /** Columns under headings, as wide as their widest cell; figures to the right. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
    if (rows.length === 0) return [this.paint('dim', 'nothing')];
    const widths = headings.map((heading, at) =>
      Math.max(heading.length, ...rows.map((row) => (row[at] ?? '').length)),
    );
    const isFigure = headings.map((_, at) =>
      rows.every((row) => /^-?[\d.,]*( [A-Z]{3})?$/.test(row[at] ?? '')),
    );
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, at) => (isFigure[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd();
    return [this.paint('bold', line(headings)), ...rows.map(line)];
  }
}

/** An amount in minor units as people write it, with its currency. */
export function money(amountMinor: number, currency: string): string {
  const code = currency.toUpperCase();
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: code,
  }).resolvedOptions();
  // Stripe counts these two in hundredths although they have none (stripe-rules J1).
  const exponent = code === 'ISK' || code === 'UGX' ? 2 : digits;
  const whole = String(amountMinor).padStart(exponent + 1, '0');
  const figure = exponent === 0 ? whole : `${whole.slice(0, -exponent)}.${whole.slice(-exponent)}`;
  return `${figure} ${code}`;
}

/** A moment as people read it in a table. */
export const moment = (iso: string | null): string =>
  iso === null ? '' : iso.replace('T', ' ').replace(/\.\d+Z$|Z$/, '');
