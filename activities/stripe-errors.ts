import Stripe from 'stripe';

// activities/: the effects of the stories on the world outside; one file per money move in moves/.
// May import store/ and domain/; decides nothing about money.

/**
 * What a failed Stripe call means (stripe-rules C1). The one classification table of the house:
 * - `unknown`: no clear answer, the effect may or may not have happened; `replayed` when Stripe answered with the stored
 *   answer of an earlier request, which proves that request is over (B2, B5);
 * - `busy`: Stripe says the request was not executed and may come again under the same key;
 * - `declined`: the card's bank said no;
 * - `refused`: a definitive no; `final` when only a person or a deploy can change it.
 */
export type StripeFailure =
  | { readonly kind: 'unknown'; readonly replayed: boolean; readonly detail: string }
  | { readonly kind: 'busy'; readonly detail: string }
  | { readonly kind: 'declined'; readonly code: string; readonly paymentIntent: Stripe.PaymentIntent | null; readonly setupIntent: Stripe.SetupIntent | null }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string; readonly final: boolean; readonly requestId: string | null }; // prettier-ignore

/** Codes that mean "not now" although their HTTP status says "bad request". */
const busyCodes = new Set(['rate_limit', 'lock_timeout', 'idempotency_key_in_use']);

/** Refusals that can pass without anyone's doing. */
const passingCodes = new Set(['balance_insufficient', 'insufficient_capabilities_for_transfer']);

/** Our own key is wrong or may not do this: nothing the customer or the payee can change. */
const credentialCodes: Readonly<Record<number, string>> = { 401: 'authentication', 403: 'permission' };

/** Reads an error of the SDK; throws anything that did not come from Stripe. */
export function classify(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const status = error.statusCode ?? 0;
  const code = credentialCodes[status] ?? error.code ?? error.type;
  const detail = `${code} (HTTP ${status || 'none'})`;
  if (error instanceof Stripe.errors.StripeConnectionError)
    return { kind: 'unknown', replayed: false, detail };
  if (status === 409 || status === 429 || busyCodes.has(code)) return { kind: 'busy', detail };
  if (status >= 500 || status === 0) return { kind: 'unknown', replayed: wasReplayed(error), detail };
  if (error instanceof Stripe.errors.StripeCardError) {
    return {
      kind: 'declined',
      code: error.decline_code ?? code,
      paymentIntent: error.payment_intent ?? null,
      setupIntent: error.setup_intent ?? null,
    };
  }
  return {
    kind: 'refused',
    code,
    detail,
    final: !passingCodes.has(code),
    requestId: error.requestId ?? null,
  };
}

const wasReplayed = (error: InstanceType<typeof Stripe.errors.StripeError>): boolean =>
  error.headers?.['idempotent-replayed'] === 'true';
