import type { Context } from '../context.ts';
import { moment } from '../output.ts';
import type { DiagnosticView } from '../views.ts';

const shown = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(value);

/** Reads one lesson's payment fresh from Stripe and shows it beside ours (L9). */
export async function diagnose({ out, client }: Context, id: string): Promise<void> {
  const report = await client().get<DiagnosticView>(
    `/api/admin/lessons/${encodeURIComponent(id)}/diagnostic`,
  );
  const { ours, stripe, differences } = report;
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(stripe ?? {})])];
  out.answer(
    report,
    () => [
      `${out.paint('bold', report.lesson)} as read at ${moment(report.readAt)}`,
      ...out.table(
        ['field', 'ours', 'stripe'],
        fields.map((field) => [field, shown(ours[field]), shown(stripe?.[field])]),
      ),
      '',
      differences.length === 0
        ? out.paint('green', 'no differences')
        : out.paint(
            'red',
            `${differences.length} differences: ${differences.map(({ field }) => field).join(', ')}`,
          ),
    ],
    differences.map(({ field }) => field),
  );
}
