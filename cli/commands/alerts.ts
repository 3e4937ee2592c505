import type { Context } from '../context.ts';
import { moment } from '../output.ts';
import type { AlertView, Page } from '../views.ts';

/** Which alerts to list. */
export interface AlertOptions {
  readonly all?: boolean;
  readonly type?: string;
  readonly subject?: string;
}

/** Lists the open alerts, or all of them. */
export async function listAlerts({ out, client }: Context, options: AlertOptions): Promise<void> {
  const query = new URLSearchParams({ limit: '100' });
  if (options.all !== true) query.set('resolved', 'false');
  if (options.type !== undefined) query.set('type', options.type);
  if (options.subject !== undefined) query.set('subject', options.subject);
  const page = await client().get<Page<AlertView>>(`/api/admin/alerts?${query.toString()}`);
  const rows = page.data.map((alert) => [
    alert.id,
    alert.severity,
    alert.type,
    alert.subject,
    String(alert.count),
    moment(alert.createdAt),
    alert.resolvedAt === null ? 'open' : 'resolved',
    alert.message,
  ]);
  const headings = ['alert', 'severity', 'type', 'subject', 'times', 'since', 'state', 'message'];
  out.answer(
    page,
    () => out.table(headings, rows),
    page.data.map(({ id }) => id),
  );
}

/** Ends one alert with the words of whoever dealt with it. */
export async function resolveAlert({ out, client }: Context, id: string, resolution: string): Promise<void> {
  const path = `/api/admin/alerts/${encodeURIComponent(id)}/resolve`;
  const alert = await client().post<AlertView>(path, { resolution });
  out.answer(alert, () => [`${alert.id} resolved`], [alert.id]);
}
