import type { Lived } from './batch.ts';
import type { Coverage } from './coverage.ts';
import { deedWords } from './words.ts';
import type { BatchPlan } from './plan.ts';
import { lineOf } from './trace.ts';
import { iso } from '../../domain/time.ts';

/** Wide tables are cut into readable lines: one row, then what it met and how often, the most frequent first. */
function rowsOf(coverage: Coverage, name: string): string[] {
  const table = coverage.table(name);
  return [...table]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([row, columns]) => {
      const met = [...columns].toSorted(([, a], [, b]) => b - a).map(([column, times]) => `${column} ${times}`);
      return `  ${row.padEnd(42)} ${met.join(', ')}`;
    });
} // prettier-ignore

const titles: readonly [table: string, title: string][] = [
  ['endings', 'Endings: kind, and how many ended as what'],
  ['state lesson', 'Lessons: state, and what was ordered in it'],
  ['state booking', 'Bookings: state, and what was ordered in it'],
  ['state dispute', 'Bank disputes: state, and what was ordered in it'],
  ['call', 'Calls: endpoint, and what went wrong with it'],
  ['webhook', 'Webhooks: type, and what became of its delivery'],
  ['known', 'Known not to hold yet: invariant, and why'],
];

/** What was met, pair by pair, as tables that a person reads. */
export const coverageLines = (coverage: Coverage): string[] =>
  titles.flatMap(([table, title]) => {
    const rows = rowsOf(coverage, table);
    return rows.length === 0 ? [] : ['', title, ...rows];
  });

/** How many pairs of each table were met. */
export const pairsMet = (coverage: Coverage): number =>
  titles.reduce(
    (sum, [name]) => sum + [...coverage.table(name).values()].reduce((all, { size }) => all + size, 0),
    0,
  );

/** A failing story in words: what is agreed, what people do, and line by line what happens. */
export function storyLines(plan: BatchPlan, { broken, lines, struck }: Lived): string[] {
  const agreed = plan.lives.flatMap((life) => {
    const { kind, id, amount, currency, startsAt, terms, acts } = life;
    return [
      `${kind}:${id}: ${amount} ${currency} at ${iso(startsAt)}, payee ${life.payee}`,
      `  terms ${JSON.stringify(terms)}`,
      ...acts.map(({ at, who, deed }) => `  ${iso(at)} ${who} ${deedWords(deed)}`),
    ];
  });
  const outages = plan.outages.map(({ from, until, isMute }) => `Stripe ${isMute ? 'is not heard' : 'is out of reach'} from ${iso(from)} to ${iso(until)}`);
  return [
    'What is agreed and what people do:',
    ...agreed,
    ...outages,
    '',
    `What goes wrong: ${struck.length === 0 ? 'nothing' : struck.join('; ')}`,
    '',
    'What happens:',
    ...(lines ?? []).map(lineOf),
    '',
    ...broken.map(({ invariant, subject, message }) => `BROKEN ${invariant} ${subject}: ${message}`),
  ];
} // prettier-ignore
