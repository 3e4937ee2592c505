import { currencyRule } from '../../domain/money.ts';

/** Stripe's currencies without minor units (stripe-rules J1); ISK and UGX are not among them, Stripe counts their cents. */
const wholeUnits = new Set([
  'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf',
]); // prettier-ignore

const thousandths = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

const digitsOf = (currency: string): number =>
  wholeUnits.has(currency) ? 0 : thousandths.has(currency) ? 3 : 2;

/** An amount in minor units as a person reads it, such as "USD 4.50"; throws for a currency we do not take. */
export function amountText(amount: number, currency: string): string {
  currencyRule(currency);
  const digits = digitsOf(currency);
  const shown = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${currency.toUpperCase()} ${shown.format(amount / 10 ** digits)}`;
}
