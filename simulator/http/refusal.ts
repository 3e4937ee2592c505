/** The `error` object of Stripe's envelope. */
export interface ErrorBody {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  charge?: string;
  payment_intent?: object;
  setup_intent?: object;
  payment_method?: object;
  doc_url?: string;
  request_log_url?: string;
}

/** An answer that is not a 2xx. `stored` tells whether an idempotency key would remember it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly stored: boolean;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody, stored: boolean, headers: Record<string, string> = {}) {
    super(body.message);
    this.status = status;
    this.body =
      body.code === undefined
        ? body
        : { ...body, doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` };
    this.stored = stored;
    this.headers = headers;
  }
}

/** A parameter that is wrong in itself: refused before execution begins, so no key remembers it. */
export const invalidParameter = (code: string, message: string, param: string): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', code, message, param }, false);

export const missingParameter = (param: string): Refusal =>
  invalidParameter('parameter_missing', `Missing required param: ${param}.`, param);

/** A refusal met while executing: the key remembers it, and the same key keeps refusing. */
export const refused = (
  code: string | undefined,
  message: string,
  extra: Partial<ErrorBody> = {},
  status = 400,
): Refusal =>
  new Refusal(
    status,
    { type: 'invalid_request_error', message, ...(code === undefined ? {} : { code }), ...extra },
    true,
  );

/** Nothing by that id, in the path (404) or named by a parameter (400). */
export const noSuch = (
  what: string,
  id: string,
  param = 'id',
  status = param === 'id' ? 404 : 400,
): Refusal => refused('resource_missing', `No such ${what}: '${id}'`, { param }, status);

/** No key, a wrong key, or a key that must never come near a simulator. */
export const unauthorized = (message: string): Refusal =>
  new Refusal(401, { type: 'invalid_request_error', message }, false);

/** The key is good but this account is not the platform's. */
export const noAccess = (account: string): Refusal =>
  new Refusal(
    403,
    {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    },
    false,
  );

/** Too many requests, or another request holds the object. */
export const tooMany = (code: 'rate_limit' | 'lock_timeout', headers: Record<string, string> = {}): Refusal =>
  new Refusal(
    429,
    {
      type: 'invalid_request_error',
      code,
      message:
        code === 'rate_limit'
          ? 'Request rate limit exceeded.'
          : 'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
    },
    false,
    headers,
  );

/** The first request under this key has not answered yet. */
export const keyInUse = (key: string): Refusal =>
  new Refusal(
    409,
    {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
    },
    false,
  );
