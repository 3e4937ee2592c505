import fc from 'fast-check';
import { iso } from '../../domain/time.ts';
import type { Known } from './known.ts';
import type { Schema } from './operations.ts';

type Any = fc.Arbitrary<unknown>;

const halfHourMs = 1_800_000;

/** A moment on the half hour, so many of them from now. */
const moment = ({ now }: Pick<Known, 'now'>, min: number, max: number): Any =>
  fc.integer({ min, max }).map((count) => iso((Math.floor(now / halfHourMs) + count) * halfHourMs));

const oneOf = (names: readonly string[]): Any | null =>
  names.length === 0 ? null : fc.constantFrom(...names);

/**
 * What fields of these names must be for a request to reach anything: a schema says what an account's id looks like,
 * and not which accounts there are.
 */
const meanings: Readonly<Record<string, (known: Known) => Any | null>> = {
  account: ({ accounts }) => oneOf(accounts),
  payeeAccount: ({ accounts }) => oneOf(accounts),
  provider: ({ providers }) => oneOf(providers),
  paymentMethod: () =>
    fc.constantFrom('pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired'),
  amount: () => fc.integer({ min: 40, max: 60_000 }),
  defaultPrice: () => fc.integer({ min: 40, max: 60_000 }),
  currency: () => fc.constantFrom('usd', 'usd', 'usd', 'eur', 'jpy', 'kwd', 'xyz'),
  // Mostly a story that can take place; any other moment comes from the format alone.
  startsAt: (known) => fc.oneof({ weight: 6, arbitrary: moment(known, 48, 240) }, { weight: 1, arbitrary: moment(known, -96, 4_320) }),
  endsAt: (known) => moment(known, 241, 244),
  startTime: (known) => moment(known, 48, 240),
  country: () => fc.constantFrom('US', 'DE', 'XX'),
  eventTypeId: () => fc.constantFrom(1, 1, 2),
  timeZone: () => fc.constantFrom('Europe/Berlin', 'UTC', 'Asia/Kathmandu', 'Etc/GMT+12'),
  onboarded: () => fc.constantFrom(true, true, false),
}; // prettier-ignore

/** Makes values that fit a schema, and mean something in this house where that is known. */
export function shapesFor(known: Known, resolve: (schema: Schema) => Schema) {
  const shapeOf = (given: Schema, name = ''): Any => {
    const schema = resolve(given);
    const { type, oneOf: choices, enum: words } = schema;
    const meant = name === 'policy' && type === 'string' ? oneOf(known.policies) : meanings[name]?.(known);
    if (meant !== undefined && meant !== null) return meant;
    if (words !== undefined && words.length > 0) return fc.constantFrom(...words);
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => shapeOf(choice)));
    if (type === 'object') return objectOf(schema);
    if (type === 'array') return listOf(schema);
    if (type === 'integer') return integerOf(schema);
    if (type === 'boolean') return fc.boolean();
    return textOf(schema, known.now);
  };

  const objectOf = ({ properties = {}, required = [], additionalProperties }: Schema): Any => {
    const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, shapeOf(field, name)]));
    const known = fc.record(fields, { requiredKeys: [...required] });
    if (typeof additionalProperties !== 'object') return known;
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), shapeOf(additionalProperties), { maxKeys: 4 });
  };

  const listOf = ({ items = {}, minItems = 0, maxItems = 3 }: Schema): Any =>
    fc.array(shapeOf(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) });

  return { shapeOf };
} // prettier-ignore

function integerOf({ minimum = 0, maximum = 100_000 }: Schema): Any {
  const [min, max] = [Math.max(minimum, Number.MIN_SAFE_INTEGER), Math.min(maximum, Number.MAX_SAFE_INTEGER)];
  return fc.oneof(fc.integer({ min, max: Math.min(max, min + 1_000) }), fc.constantFrom(min, max));
}

function textOf({ format, pattern, example, minLength = 1, maxLength = 40 }: Schema, now: number): Any {
  if (format === 'date-time') return moment({ now }, -96, 4_320);
  if (format === 'email') return fc.emailAddress({ size: 'xsmall' });
  if (format === 'uri') return fc.webUrl();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  // What has an example and no pattern is checked by hand: a duration, a zone.
  if (typeof example === 'string') return fc.constantFrom(example, example, 'PT0S', 'P1D', 'P400D');
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) }),
    fc.constant('agreed with both'),
  );
}
