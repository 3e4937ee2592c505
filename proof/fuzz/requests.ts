import fc from 'fast-check';
import type { Attempt } from './attempt.ts';
import { fragment, strangeHeaderValue, strangeKey, strangeWord } from './corpus.ts';
import { distorted, distortion } from './distort.ts';
import type { Known } from './known.ts';
import type { Description, Operation } from './operations.ts';
import { shapesFor } from './shapes.ts';
import { bearers } from './target.ts';

/** Everything that can be asked of this house: each operation as often as any other, rightly, nearly rightly or not. */
export function requestsTo({ operations, resolve }: Description, known: Known): fc.Arbitrary<Attempt> {
  const { shapeOf } = shapesFor(known, resolve);
  return fc.oneof(
    ...operations.map((operation) => {
      const value = operation.body === null ? fc.constant(null) : shapeOf(operation.body);
      return fc
        .record({
          bearer: bearerFor(operation),
          method: methodFor(operation),
          path: pathFor(operation, known),
          query: queryFor(operation, shapeOf),
          headers,
          contentType,
          body: operation.body === null ? fc.oneof(nothing, rarely(strangeBytes, nothing)) : bodyFor(value),
          framing,
        })
        .map(({ path, query, headers: given, contentType: type, body, ...rest }): Attempt => ({
          ...rest,
          operation: `${operation.method} ${operation.path}`,
          isGuarded: operation.isGuarded,
          address: `${path}${query}`,
          headers: [...given, ...(body === null || type === null ? [] : [['Content-Type', type] as const])],
          body,
        }));
    }),
  );
}

const rarely = <T>(strange: fc.Arbitrary<T>, usual: fc.Arbitrary<T>, among = 12): fc.Arbitrary<T> =>
  fc.oneof({ weight: among - 1, arbitrary: usual }, { weight: 1, arbitrary: strange });

/** Mostly somebody who may: what is refused at the door says nothing about the rooms. */
const bearerFor = ({ path }: Operation): fc.Arbitrary<Attempt['bearer']> =>
  fc.oneof(
    { weight: 7, arbitrary: fc.constantFrom<Attempt['bearer']>(path.includes('/admin/') ? 'admin' : 'app', 'admin') },
    { weight: 3, arbitrary: fc.constantFrom(...bearers) },
  ); // prettier-ignore

const methodFor = ({ method }: Operation): fc.Arbitrary<string> =>
  rarely(
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
    fc.constant(method),
    20,
  );

/** Which of the things that exist an address of this shape is about. */
function namesFor(path: string, known: Known): readonly string[] {
  const kinds = ['lessons', 'bookings', 'disputes', 'accounts', 'providers', 'policies'] as const;
  const kind = kinds.find((one) => path.includes(`/${one}/`));
  return kind === undefined ? known.sessions : known[kind];
}

function pathFor({ path }: Operation, known: Known): fc.Arbitrary<string> {
  const names = namesFor(path, known);
  const real = names.length === 0 ? strangeWord : fc.constantFrom(...names);
  const word = fc.oneof({ weight: 7, arbitrary: real }, { weight: 2, arbitrary: strangeWord });
  return word.map((one) => path.replaceAll(/\{[a-z]+\}/g, () => one));
}

type ShapeOf = ReturnType<typeof shapesFor>['shapeOf'];

function queryFor({ query }: Operation, shapeOf: ShapeOf): fc.Arbitrary<string> {
  const right = query.map(({ name, required, schema }) => {
    const said = shapeOf(schema, name).map((value) => `${name}=${encoded(String(value))}`);
    const strange = fc.oneof(strangeWord, fragment.map(encoded)).map((word) => `${name}=${word.slice(0, 9_000)}`);
    return fc.oneof(
      { weight: required ? 0 : 6, arbitrary: fc.constant('') },
      { weight: 4, arbitrary: said },
      { weight: 3, arbitrary: strange },
      { weight: 1, arbitrary: fc.tuple(said, strange).map((both) => both.join('&')) },
    );
  });
  const unknown = fc.tuple(strangeKey.map(encoded), strangeWord).map(([name, word]) => `${name}=${word}`);
  const parts = fc.tuple(...right, rarely(unknown, fc.constant('')));
  return parts.map((all) => all.filter((one) => one !== '').join('&')).map((all) => (all === '' ? '' : `?${all}`));
} // prettier-ignore

/** As `encodeURIComponent`, which throws at half a surrogate pair. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

const key = fc.oneof(
  { weight: 6, arbitrary: fc.uuid() },
  // Few enough to be met again with another body.
  { weight: 2, arbitrary: fc.constantFrom('key-1', 'key-2', 'key-3') },
  { weight: 1, arbitrary: strangeHeaderValue },
);

const header = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<[string, string][]> =>
  fc.oneof(
    { weight: 10, arbitrary: value.map((one): [string, string][] => [[name, one]]) },
    { weight: 1, arbitrary: fc.tuple(value, value).map(([one, two]): [string, string][] => [[name, one], [name, two]]) },
  ); // prettier-ignore

const noHeader = fc.constant<[string, string][]>([]);

const headers: fc.Arbitrary<[string, string][]> = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: header('Idempotency-Key', key) }, { weight: 1, arbitrary: noHeader }),
    rarely(header('X-Request-Id', fc.oneof(fc.constant('req-of-mine'), strangeHeaderValue)), noHeader),
    rarely(header('Origin', fc.constantFrom('null', 'https://evil.example.org')), noHeader),
    rarely(header('Accept-Encoding', fc.constantFrom('gzip', 'br', 'identity;q=0')), noHeader),
    rarely(header('X-Strange', strangeHeaderValue), noHeader),
    rarely(header('Content-Encoding', fc.constantFrom('gzip', 'br', 'x')), noHeader),
  )
  .map((all) => all.flat());

const contentType = rarely(
  fc.constantFrom(
    null, '', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml',
    'application/json; charset=utf-16', 'APPLICATION/JSON', 'application/problem+json', 'application/json, text/plain',
  ),
  fc.constant<string | null>('application/json'),
); // prettier-ignore

const framing: fc.Arbitrary<Attempt['framing']> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Attempt['framing']>('length') },
  { weight: 4, arbitrary: fc.constant<Attempt['framing']>('chunked') },
  { weight: 1, arbitrary: fc.constantFrom<Attempt['framing']>('slow', 'both', 'short', 'aborted', 'none') },
);

const nothing = fc.constant<Uint8Array | null>(null);

/** Bytes that are no text, or no JSON. */
const strangeBytes: fc.Arbitrary<Uint8Array | null> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fragment.map((text) => Buffer.from(text)),
  fc
    .constantFrom('', ' ', '\ufeff{}', '{"a":1}{"b":2}', '{', '[', 'null', '<a/>')
    .map((text) => Buffer.from(text)),
  fc.constantFrom('{}', '{"reason":"x"}').map((text) => Buffer.from(text, 'utf16le')),
);

const bodyFor = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Uint8Array | null> =>
  rarely(
    strangeBytes,
    fc
      .tuple(value, fc.oneof(fc.constant([]), fc.array(distortion, { minLength: 1, maxLength: 3 })))
      .chain(([one, wrong]) => spoilt(Buffer.from(distorted(one, wrong)))),
  );

/** Now and then with one byte that makes it no UTF-8. */
const spoilt = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  rarely(
    fc.tuple(fc.nat({ max: bytes.length }), fc.constantFrom(0x00, 0x80, 0xc0, 0xed, 0xff)).map(([at, byte]) =>
      Buffer.concat([bytes.subarray(0, at), Uint8Array.of(byte), bytes.subarray(at)]),
    ),
    fc.constant(bytes),
    30,
  ); // prettier-ignore
