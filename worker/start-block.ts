import { styleText } from 'node:util';
import type { Instance } from './instance.ts';

/** Whether the reader is a person at a terminal who likes colour. */
export function wantsColour(stream: { isTTY?: boolean }, noColour: string | undefined): boolean {
  return stream.isTTY === true && (noColour === undefined || noColour === '');
}

/** Paints words, or leaves them as they are. */
export type Paint = (format: 'green' | 'bold' | 'dim' | 'cyan', text: string) => string;

/** The brush for a stream. */
export const brush =
  (isColoured: boolean): Paint =>
  (format, text) =>
    isColoured ? styleText(format, text, { validateStream: false }) : text;

/** The first line: what this is and that no money can move. */
export function heading(version: string, isDemo: boolean, paint: Paint): string {
  const mode = isDemo ? 'demo mode - simulated Stripe, no real money' : 'Stripe test mode';
  return `\n  ${paint('bold', `holdfast ${version}`)}   ${mode}`;
}

/** One part that is ready. */
export const readyLine = (part: string, detail: string, paint: Paint): string =>
  `  ${paint('green', '✓')} ${part.padEnd(11)} ${detail}`;

/** Where everything is and what to try next. */
export function addresses(instance: Instance, paint: Paint): string {
  const line = (name: string, url: string, more = ''): string =>
    `  ${name.padEnd(12)}${paint('cyan', url)}${more}`;
  return [
    '',
    line('API', `${instance.api}/api`, `      reference: ${instance.api}/docs`),
    line('Stripe', instance.stripe),
    ...(instance.temporalUi === null ? [] : [line('Temporal UI', instance.temporalUi)]),
    `  ${'Next:'.padEnd(12)}npx holdfast demo  ·  npx holdfast lessons list  ·  npx holdfast travel 72h  ·  Ctrl-C stops everything`,
    '',
  ].join('\n');
}
