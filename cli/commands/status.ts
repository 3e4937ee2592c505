import type { Context } from '../context.ts';
import { moment } from '../output.ts';
import type { AlertView, LessonView, Page } from '../views.ts';

/** Counts past this are shown as "or more": a status is read at a glance. */
const pagesAtMost = 20;

/** Shows at a glance how many lessons are in which state, what needs somebody, and the time of the instance. */
export async function status({ out, client }: Context): Promise<void> {
  const api = client();
  const counts = new Map<string, number>();
  let cursor: string | null = null;
  let pages = 0;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<LessonView> = await api.get(`/api/lessons?limit=100${query}`);
    for (const { state } of page.data) counts.set(state, (counts.get(state) ?? 0) + 1);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null && pages < pagesAtMost);
  const alerts = await api.get<Page<AlertView>>('/api/admin/alerts?resolved=false&limit=100');
  // Outside demo mode there is no such clock, and none is needed.
  const clock = await api.get<{ now: string }>('/_dev/clock').catch(() => null);
  const lessons = Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
  const isComplete = cursor === null;
  const answer = {
    url: api.place.url,
    now: clock?.now ?? null,
    lessons,
    isComplete,
    openAlerts: alerts.data.length,
  };
  out.answer(answer, () => [
    `${api.place.url}${clock === null ? '' : `   it is ${moment(clock.now)} UTC there`}`,
    ...out.table(
      ['state', 'lessons'],
      Object.entries(lessons).map(([state, count]) => [state, String(count)]),
    ),
    ...(isComplete ? [] : [out.paint('dim', 'and more; only the newest were counted')]),
    alerts.data.length === 0
      ? out.paint('green', 'no open alerts')
      : out.paint(
          'yellow',
          `${alerts.data.length}${alerts.hasMore ? ' or more' : ''} open alerts: npx holdfast alerts list`,
        ),
  ]);
}
