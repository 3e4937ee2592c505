import type { Client } from '../client.ts';
import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { moment } from '../output.ts';
import type { DiagnosticView } from '../views.ts';
import { diagnosticOf } from './agreements.ts';
import { bookingKind } from './bookings.ts';
import { lessonKind } from './lessons.ts';

const shown = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(value);

/** Reads the payment of one lesson or booking fresh from Stripe and shows it beside ours (L9). */
export async function diagnose({ out, client }: Context, id: string): Promise<void> {
  const report = await find(client(), id);
  const { ours, stripe, differences } = report;
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(stripe ?? {})])];
  out.answer(
    report,
    () => [
      `${out.paint('bold', id)} as read at ${moment(report.readAt)}`,
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

/** By a workflow id, as alerts name them, or by an id alone: then it is a lesson's, else a booking's. */
async function find(api: Client, named: string): Promise<DiagnosticView> {
  const [prefix, id] = named.split(':');
  const kind = [lessonKind, bookingKind].find(({ one }) => one === prefix);
  if (kind !== undefined && id !== undefined) return await diagnosticOf(api, kind, id);
  try {
    return await diagnosticOf(api, lessonKind, named);
  } catch (error) {
    if (!(error instanceof CliFailure) || error.exitCode !== exitCodes.notFound) throw error;
    return await diagnosticOf(api, bookingKind, named);
  }
}
