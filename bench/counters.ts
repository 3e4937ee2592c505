import { verdicts } from './bars.ts';
import { countHappyLesson } from './happy-lesson.ts';
import { openMeasuredHouse } from './house.ts';

// `npm run bench:counters`: what one happy lesson costs, counted where it is paid. Ends with 1 where a bar is broken.

const house = await openMeasuredHouse();
try {
  const cost = await countHappyLesson(house);
  const echoed = await countHappyLesson(house, true);
  const rows = verdicts(cost, echoed);
  const line = (...cells: string[]): string => cells.map((cell, i) => cell.padEnd([32, 52, 10][i] ?? 0)).join('').trimEnd(); // prettier-ignore
  console.log(line('counter', 'value', 'bar', 'verdict'));
  for (const { counter, value, bar, holds } of rows)
    console.log(line(counter, value, bar, holds ? 'ok' : 'BROKEN'));
  console.log(
    line('inbox transactions, apart', `${cost.inboxTransactions} for ${cost.inboxEvents} webhooks`),
  );
  console.log(line('the same lesson, hearing echoes', `${echoed.events} events, ${echoed.actions} actions`));
  if (rows.some(({ holds }) => !holds)) process.exitCode = 1;
} finally {
  await house.close();
}
