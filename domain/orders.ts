import { largestAmount } from './money.ts';
import { Fields } from './parse.ts';
import type { Instant } from './time.ts';

// What operators and admins order of any story that has a payment.

interface Order {
  readonly by: string;
  readonly reason: string;
}

/** Tries a parked step again, to another account where one is named. */
export interface Retry extends Order {
  readonly name: 'retry';
  readonly account: string | null;
  readonly stripeAccount: string | null;
}

export type OperatorCommand =
  | Retry
  | (Order & { readonly name: 'skip' | 'sync' })
  | (Order & { readonly name: 'refund'; readonly amount: number | null });

/** Reads an operator's order; throws `BadMessage` like every reader of fields. */
export function readOperatorCommand(name: OperatorCommand['name'], raw: unknown): OperatorCommand {
  switch (name) {
    case 'retry': {
      const fields = new Fields(raw, ['by', 'reason', 'account', 'stripeAccount']);
      const account = fields.optionalText('account', 64);
      return {
        name,
        ...orderedBy(fields),
        account,
        stripeAccount: fields.optionalText('stripeAccount', 255),
      };
    }
    case 'skip':
    case 'sync':
      return { name, ...orderedBy(new Fields(raw, ['by', 'reason'])) };
    case 'refund': {
      const fields = new Fields(raw, ['by', 'reason', 'amount']);
      return { name, ...orderedBy(fields), amount: fields.optionalInteger('amount', 1, largestAmount) };
    }
  }
}

/** Who ordered it (the API fills in the token's subject; the Temporal UI may leave it out) and why. */
export const orderedBy = (fields: Fields): Order => ({
  by: fields.optionalText('by', 200) ?? 'operator',
  reason: fields.text('reason'),
});

/** When the API heard it, never later than now: a worker that comes late must not cost anyone a deadline. */
export const heardAt = (fields: Fields, now: Instant): Instant => Math.min(fields.instantOr('at', now), now);
