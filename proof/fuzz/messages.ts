import fc from 'fast-check';
import type { temporal } from '@temporalio/proto';
import type { Kind } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import { stripeEventSignal } from '../../workflows/contract.ts';
import { fragment, strangeKey } from './corpus.ts';

/** The bytes of one argument and what they claim to be. */
type RawPayload = temporal.api.common.v1.IPayload;

/** One message to a story, as a foreign client, the Temporal UI or a slip of the hand may send it. */
export interface Message {
  readonly door: 'signal' | 'update';
  readonly name: string;
  readonly payloads: readonly RawPayload[];
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const payload = (encoding: string | null, data: Uint8Array): RawPayload => ({
  ...(encoding === null ? {} : { metadata: { encoding: bytes(encoding) } }),
  data,
});

/** A field that no command has: whatever stands beside it, the whole is no command. */
const stranger = '"zz_nobody_knows_this":1';

/** What a command would look like if it were one, so that it is not the first field that is wrong. */
const nearly = fc.constantFrom(
  '"party":"student","at":"2026-12-01T23:00:00Z"', '"party":"attendee"', '"by":"admin","reason":"x"', '"reason":"x"',
  '"reason":"x","amount":450', '"outcome":"refund","reason":"x"', '"by":"student","statement":"x"',
  '"startsAt":"2027-01-01T10:00:00Z","endsAt":"2027-01-01T11:00:00Z"', '"rules":1e300,"reason":"x"',
); // prettier-ignore

const object = fc.oneof(
  fc.tuple(nearly).map(([fields]) => `{${fields},${stranger}}`),
  fc.tuple(strangeKey, fragment).map(([key, value]) => `{${JSON.stringify(key)}:${value},${stranger}}`),
  fc.tuple(nearly, strangeKey, fragment).map(([fields, key, value]) => `{${fields},${JSON.stringify(key)}:${value},${stranger}}`),
); // prettier-ignore

/** JSON that is a list, a word or a number; an object would have to name what it must not be. */
const noObject = fragment.filter((text) => !text.trimStart().startsWith('{'));

const isUnheard = (encoding: string): boolean => encoding !== 'json/plain';

const encodings = fc.oneof(
  fc.constantFrom(
    null,
    'binary/null',
    'binary/plain',
    'json/protobuf',
    'binary/protobuf',
    'binary/encrypted',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).filter(isUnheard),
);

/** Arguments that are nonsense for every door of every story, whatever else they are. */
const argument: fc.Arbitrary<RawPayload> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(object, noObject).map((text) => payload('json/plain', bytes(text))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((data) => payload('json/plain', Uint8Array.of(0xff, ...data))) },
  { weight: 2, arbitrary: fc.tuple(encodings, object).map(([encoding, text]) => payload(encoding, bytes(text))) },
  { weight: 1, arbitrary: encodings.map((encoding) => payload(encoding, new Uint8Array())) },
); // prettier-ignore

const names = (kind: Kind): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<string>(...machines[kind].commands, stripeEventSignal) },
    { weight: 1, arbitrary: fc.constantFrom('payTheTutorNow', '__proto__', 'constructor', 'toString', 'x'.repeat(900)) },
    { weight: 1, arbitrary: fc.constantFrom('__temporal_workflow_metadata', '__temporal_x', '__stack_trace', '__enhanced_stack_trace') },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
  ); // prettier-ignore

/** A few messages to one story, none of which makes sense; signals first go in the order in which they stand here. */
export const nonsenseTo = (kind: Kind): fc.Arbitrary<Message[]> =>
  fc.array(
    fc.record({
      door: fc.constantFrom('signal', 'signal', 'update'),
      name: names(kind),
      payloads: fc.oneof(
        { weight: 8, arbitrary: fc.tuple(argument) },
        { weight: 1, arbitrary: fc.constant<RawPayload[]>([]) },
        { weight: 1, arbitrary: fc.tuple(argument, argument) },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  );

/** A message as a person can read it, its bytes as base64 where they are no text. */
export function shownMessage({ door, name, payloads }: Message): string {
  const shown = payloads.map(({ metadata, data }) => {
    const encoding = Buffer.from(metadata?.['encoding'] ?? []).toString();
    const raw = Buffer.from(data ?? []);
    const text = raw.toString();
    const isText = Buffer.from(text).equals(raw) && raw.length < 2_000;
    return `${encoding || 'no encoding'} ${isText ? text : `base64 ${raw.toString('base64').slice(0, 2_000)}`}`;
  });
  return `${door} ${JSON.stringify(name)} [${shown.join(' | ')}]`;
}
