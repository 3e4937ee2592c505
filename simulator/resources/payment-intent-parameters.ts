import {
  amount,
  clearableText,
  field,
  flag,
  freeMap,
  group,
  identifier,
  list,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { invalidParameter } from '../http/refusal.ts';

/** Refused by its own code, because every tutorial still sends it. */
export const typesNoLongerSupported = field((_value, name): never => {
  throw invalidParameter(
    'payment_method_types_no_longer_supported',
    'payment_method_types is no longer supported. Use allowed_payment_method_types or automatic_payment_methods instead.',
    name,
  );
});

const offSession = field((value, name): boolean => {
  if (value === 'one_off' || value === 'recurring') return true;
  return flag.read(value, name);
});

const captureMethod = oneOf('automatic', 'automatic_async', 'manual');

const cardOptions = group({
  request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
  request_extended_authorization: oneOf('if_available', 'never'),
  request_incremental_authorization: oneOf('if_available', 'never'),
  request_multicapture: oneOf('if_available', 'never'),
  request_overcapture: oneOf('if_available', 'never'),
  capture_method: oneOf('manual'),
  setup_future_usage: oneOf('none', 'off_session', 'on_session'),
});

/** How an intent wants to be paid: known to create, update and confirm. */
export const details = {
  allowed_payment_method_types: list(text),
  capture_method: captureMethod,
  payment_method: identifier,
  payment_method_options: group({ card: cardOptions }),
  payment_method_types: typesNoLongerSupported,
  receipt_email: clearableText,
  setup_future_usage: oneOf('off_session', 'on_session'),
};

/** What an intent says about itself: known to create and update. */
export const descriptive = {
  customer: identifier,
  description: clearableText,
  metadata: freeMap,
  statement_descriptor: clearableText,
  statement_descriptor_suffix: clearableText,
  transfer_group: text,
};

/** How a confirmation is made: known to create and confirm. */
export const confirming = {
  error_on_requires_action: flag,
  off_session: offSession,
  return_url: text,
  use_stripe_sdk: flag,
};

/** Everything that creating an intent takes. */
export const createShape = {
  ...details,
  ...descriptive,
  ...confirming,
  amount: required(amount),
  currency: required(text),
  automatic_payment_methods: group({ enabled: required(flag), allow_redirects: oneOf('always', 'never') }),
  confirm: flag,
  confirmation_method: oneOf('automatic', 'manual'),
};
