import type { Finding } from './finding.ts';
import { median, verdict } from './finding.ts';

const width = 920;
const rowHeight = 34;
/** Where the bars begin, right of their names, and how long one that just meets its bar is. */
const barsAt = 450;
const barLength = 220;
const longest = width - barsAt - 110;

const colours = { kept: '#2e7d32', 'within the spread': '#f9a825', missed: '#c62828' } as const;

/**
 * Draws each finding as a bar that is the longer the better, against one line at which all of them meet their bars.
 * The thin line through it is the spread of the rounds.
 */
export function picture(findings: readonly Finding[]): string {
  const height = findings.length * rowHeight + 60;
  const goal = barsAt + barLength;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${goal}" y="20" text-anchor="middle" fill="#444">the bar</text>`,
    ...findings.map(drawn),
    `<line x1="${goal}" y1="28" x2="${goal}" y2="${height - 24}" stroke="#444" stroke-dasharray="4 3"/>`,
    `<text x="8" y="${height - 8}" fill="#444">Longer is better; the thin line is the spread of the rounds. Green keeps its bar, yellow within the spread, red misses it.</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawn(finding: Finding, index: number): string {
  const { metric, what, values } = finding;
  const top = 34 + index * rowHeight;
  const ends = values.map((value) => barsAt + lengthOf(finding, value));
  const end = barsAt + lengthOf(finding, median(values));
  const middle = top + 11;
  return [
    `<text x="8" y="${top + 16}" fill="#222">${metric} ${escaped(what)}</text>`,
    `<rect x="${barsAt}" y="${top}" width="${(end - barsAt).toFixed(1)}" height="22" fill="${colours[verdict(finding)]}"/>`,
    `<line x1="${Math.min(...ends).toFixed(1)}" y1="${middle}" x2="${Math.max(...ends).toFixed(1)}" y2="${middle}" stroke="#000"/>`,
    `<text x="${(Math.max(end, ...ends) + 8).toFixed(1)}" y="${top + 16}" fill="#222">${median(values).toFixed(2)}</text>`,
  ].join('\n');
}

/** How far a value goes towards its bar and beyond. None at all is as good as can be where less is better. */
function lengthOf({ bar }: Finding, value: number): number {
  if (bar.kind === 'at most' && value === 0) return longest;
  const share = bar.kind === 'at least' ? value / bar.value : bar.value / value;
  return Math.min(longest, share * barLength);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
