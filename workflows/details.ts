import type { Move } from '../domain/payment/moves.ts';
import type { AgreementState, Kind } from '../domain/kinds.ts';
import { machines } from '../domain/kinds.ts';
import type { Wait } from '../domain/machine.ts';
import { isoOrNull } from '../domain/time.ts';

// What a person reads in the Temporal UI. Ids and verbs only: summaries are limited to 400 bytes (temporal-rules 34).

/** One line about a move, such as "capture 450 usd". */
export const summaryOf = (move: Move, currency: string): string =>
  'amount' in move ? `${move.type} ${move.amount} ${currency}` : move.type;

/** The story as it stands, in Markdown: state, what it waits for, and what an operator can send. */
export function detailsOf(kind: Kind, state: AgreementState, wait: Wait | null): string {
  const shown = machines[kind].view(state);
  const { state: status, needsAttention } = shown;
  const money =
    'payment' in shown
      ? `, payment ${shown.payment.state}, held ${shown.payment.held} ${shown.payment.currency}`
      : '';
  const lines = [`**${status}**${money}`];
  if (wait !== null) lines.push(`Waits for ${wait.reason} until ${isoOrNull(wait.until) ?? 'news'}`);
  if (needsAttention !== null) {
    lines.push(
      `Needs attention: ${needsAttention.operation} ${needsAttention.reason}, ${needsAttention.lastError}`,
    );
    lines.push(
      `Send the signal ${needsAttention.commands.map((one) => `\`${one}\``).join(' or ')} with \`{"reason": "…"}\``,
    );
  }
  for (const { name, detail } of state.rejected.slice(-3)) lines.push(`Rejected \`${name}\`: ${detail}`);
  return lines.join('\n\n');
}
