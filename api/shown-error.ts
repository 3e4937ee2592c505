/** Causes deeper than this repeat what was said. */
const deepestCause = 4;

/** What the log may say of an error: never the whole of it, Stripe's carry the payment with its secrets. */
export function shownError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  const { name, message, stack, cause } = error;
  const isDeeper = cause !== undefined && depth < deepestCause;
  return { name, message, code, stack, ...(isDeeper ? { cause: shownError(cause, depth + 1) } : {}) };
}
