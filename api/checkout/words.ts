/** Where Stripe counts other minor units than ISO 4217 does (stripe-rules J1). */
const digitsAtStripe: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** An amount in minor units as a customer reads it, such as "$45.00". */
export function priceText(amount: number, currency: string): string {
  const style = { style: 'currency', currency } as const;
  const usual = new Intl.NumberFormat('en', style).resolvedOptions().maximumFractionDigits ?? 0;
  const digits = digitsAtStripe[currency] ?? usual;
  const shown = { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en', shown).format(amount / 10 ** digits);
}

/** A moment on the clock of whoever attends, and whose clock that is. */
export function timeText(at: string, timeZone: string): string {
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone });
  return `${text.format(new Date(at))} (${timeZone.replaceAll('_', ' ')})`;
}

/** A length as people say it, such as "1 h 30 min". */
export function lengthText(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].join(' ').trim();
}
