import {
  amount,
  field,
  freeMap,
  group,
  identifier,
  integer,
  list,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { invalidParameter, missingParameter } from '../http/refusal.ts';
import { details } from './payment-intent-parameters.ts';
import type { Read } from '../http/parameters.ts';

/** What a session keeps to itself until its payment intent is made. */
export interface CheckoutFacts {
  readonly id: string;
  readonly items: readonly CheckoutItem[];
  readonly payment: PaymentData;
}

/** One line of what is bought, as the page shows it. */
export interface CheckoutItem {
  readonly name: string;
  readonly description: string | null;
  readonly unitAmount: number;
  readonly quantity: number;
}

/** The values that code written for older versions still sends, and what they are called now. */
const renamedModes: Record<string, string> = {
  custom: 'elements',
  embedded: 'embedded_page',
  hosted: 'hosted_page',
};

const currentMode = oneOf('hosted_page', 'embedded_page', 'elements');

const uiMode = field((value, name) => {
  if (typeof value === 'string' && Object.hasOwn(renamedModes, value))
    throw invalidParameter(
      'parameter_invalid',
      `Invalid ${name}: ${value} is called ${renamedModes[value]} now.`,
      name,
    );
  return currentMode.read(value, name);
});

/** An address a browser may be sent to; anything else could run in the page. */
const webAddress = field((value, name): string => {
  const address = identifier.read(value, name);
  if (!/^https?:\/\/[^/]/i.test(address))
    throw invalidParameter('url_invalid', `Not a valid URL: ${name} needs http:// or https://.`, name);
  return address;
});

const lineItem = group({
  price_data: required(
    group({
      currency: required(text),
      unit_amount: required(amount),
      product_data: required(group({ name: required(identifier), description: identifier })),
    }),
  ),
  quantity: required(amount),
});

const paymentData = group({
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  description: text,
  metadata: freeMap,
  receipt_email: text,
  setup_future_usage: oneOf('off_session', 'on_session'),
  statement_descriptor: text,
  statement_descriptor_suffix: text,
  transfer_group: text,
});

/** How the session wants its payment intent made. */
export type PaymentData = ReturnType<typeof paymentData.read>;

/** Everything that creating a session takes. */
export const sessionShape = {
  allowed_payment_method_types: details.allowed_payment_method_types,
  cancel_url: webAddress,
  client_reference_id: identifier,
  customer: identifier,
  customer_creation: oneOf('always', 'if_required'),
  customer_email: identifier,
  expires_at: integer,
  line_items: required(list(lineItem)),
  locale: identifier,
  metadata: freeMap,
  mode: required(oneOf('payment')),
  payment_intent_data: paymentData,
  payment_method_types: details.payment_method_types,
  redirect_on_completion: oneOf('always', 'if_required', 'never'),
  return_url: webAddress,
  submit_type: oneOf('auto', 'book', 'donate', 'pay'),
  success_url: webAddress,
  ui_mode: uiMode,
};

const refuse = (name: string, why: string) => invalidParameter('parameter_invalid', why, name);

/** Refuses parameters that are well formed alone and contradict each other. */
export const assertConsistent = (params: Read<typeof sessionShape>): void => {
  const mode = params.ui_mode ?? 'hosted_page';
  if (params.line_items.length === 0) throw missingParameter('line_items');
  if (mode === 'hosted_page') {
    if (params.success_url === undefined) throw missingParameter('success_url');
    for (const name of ['return_url', 'redirect_on_completion'] as const)
      if (params[name] !== undefined) throw refuse(name, `${name} cannot be used with ui_mode hosted_page.`);
  } else {
    for (const name of ['success_url', 'cancel_url', 'submit_type'] as const)
      if (params[name] !== undefined) throw refuse(name, `${name} cannot be used with ui_mode ${mode}.`);
    if (mode === 'elements' && params.redirect_on_completion !== undefined)
      throw refuse('redirect_on_completion', 'redirect_on_completion needs ui_mode embedded_page.');
    const comesBack = params.redirect_on_completion !== 'never';
    if (comesBack && params.return_url === undefined) throw missingParameter('return_url');
    if (!comesBack && params.return_url !== undefined)
      throw refuse('return_url', 'return_url cannot be used when nobody is redirected.');
  }
  for (const name of ['customer_email', 'customer_creation'] as const)
    if (params.customer !== undefined && params[name] !== undefined)
      throw refuse(name, `Only one of customer and ${name} may be given.`);
  const currencies = new Set(params.line_items.map((item) => item.price_data.currency.toLowerCase()));
  if (currencies.size > 1) throw refuse('line_items', 'All line items must have the same currency.');
};
