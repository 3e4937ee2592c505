import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { moment } from '../output.ts';
import type { AgreementView, AlertView, Page } from '../views.ts';
import { bookingKind } from './bookings.ts';
import { lessonKind } from './lessons.ts';

/** Counts past this are shown as "or more": a status is read at a glance. */
const pagesAtMost = 20;

interface Count {
  readonly states: Readonly<Record<string, number>>;
  readonly isComplete: boolean;
}

/** Shows at a glance how many agreements are in which state, what needs somebody, and the time of the instance. */
export async function status({ out, client }: Context): Promise<void> {
  const api = client();
  const lessons = await count(api, lessonKind.many);
  const bookings = await count(api, bookingKind.many);
  const alerts = await api.get<Page<AlertView>>('/api/admin/alerts?resolved=false&limit=100');
  // Outside demo mode there is no such clock, and none is needed.
  const clock = await api.get<{ now: string }>('/_dev/clock').catch(() => null);
  const isComplete = lessons.isComplete && bookings.isComplete;
  const answer = {
    url: api.place.url,
    now: clock?.now ?? null,
    lessons: lessons.states,
    bookings: bookings.states,
    isComplete,
    openAlerts: alerts.data.length,
  };
  const table = (heading: string, { states }: Count): string[] =>
    out.table(
      ['state', heading],
      Object.entries(states).map(([state, how]) => [state, String(how)]),
    );
  out.answer(answer, () => [
    `${api.place.url}${clock === null ? '' : `   it is ${moment(clock.now)} UTC there`}`,
    ...table(lessonKind.many, lessons),
    ...(Object.keys(bookings.states).length === 0 ? [] : ['', ...table(bookingKind.many, bookings)]),
    ...(isComplete ? [] : [out.paint('dim', 'and more; only the newest were counted')]),
    alerts.data.length === 0
      ? out.paint('green', 'no open alerts')
      : out.paint(
          'yellow',
          `${alerts.data.length}${alerts.hasMore ? ' or more' : ''} open alerts: npx holdfast alerts list`,
        ),
  ]);
}

async function count(api: Client, many: string): Promise<Count> {
  const counts = new Map<string, number>();
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<AgreementView> = await api.get(`/api/${many}?limit=100${query}`);
    for (const { state } of page.data) counts.set(state, (counts.get(state) ?? 0) + 1);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null && pages < pagesAtMost);
  const states = Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
  return { states, isComplete: cursor === null };
}
