import fc from 'fast-check';

/** JSON that no schema of ours asks for, or no JSON at all, as it is written. */
const fragments: readonly string[] = [
  'null', 'true', 'false', '0', '-1', '1', '-0', '0.5', '4.5', '49', '1e21', '1e400', '-1e400', '9007199254740993',
  '2147483648', '99999999999999999999999', '1E-7', '01', '+1', 'NaN', 'undefined', '"', '""', '" "', '"\\u0000"',
  '"a\\u0000b"', '"\\ud800"', '"\\udfff x"', '"\\u202e"', '"__proto__"', '"constructor"', '"toString"', '[]', '{}',
  '[[]]', '[null]', '{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":null}', '{"length":1e9}', '"2026-02-30T00:00:00Z"', '"2026-12-01"', '"+275760-09-13T00:00:00.001Z"',
  '"1969-12-31T23:59:59Z"', '"9999-12-31T23:59:59+23:59"', '"PT"', '"P99999999999999999D"', '"-PT1H"', '"PT1e9S"',
  '"\'; DROP TABLE agreements; --"', '"../../etc/passwd"', '"<script>alert(1)</script>"', '"{{7*7}}"', '"${7*7}"',
  '"%00"', '"\\r\\nX-Injected: 1"', '"acct_1; DELETE"', '"pm_card_chargeDeclined"', '"eur"', '"xxx"', '"jpy"',
]; // prettier-ignore

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const inside = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const text = (length: number): string => JSON.stringify('x'.repeat(length));
const wide = (count: number): string =>
  `{${Array.from({ length: count }, (_, key) => `"k${key}":${key}`).join(',')}}`;

/** One value as JSON text: small and strange, or very deep, long or wide. */
export const fragment: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...fragments) },
  { weight: 4, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: fc.maxSafeInteger().map(String) },
  { weight: 1, arbitrary: fc.double().map((one) => String(one)) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom(15, 16, 17), fc.integer({ min: 1, max: 60_000 })).map(nested) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom(15, 16, 17), fc.integer({ min: 1, max: 30_000 })).map(inside) },
  { weight: 1, arbitrary: fc.constantFrom(41, 65, 256, 501, 2_001, 5_001, 100_000, 262_144).map(text) },
  { weight: 1, arbitrary: fc.constantFrom(51, 5_000).map(wide) },
); // prettier-ignore

/** Names of fields that nobody asked for; the first ones reach for what every object inherits. */
export const strangeKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'),
  fc.constantFrom('status', 'state', 'role', 'roles', 'destination', 'stripeAccount', 'platformFee', 'rules', 'by', 'at'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(65, 5_000).map((length) => 'k'.repeat(length)),
); // prettier-ignore

/** What an id, a cursor or a name in an address is not, written as it stands in an address. */
const addressed: readonly string[] = [
  '..', '.', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', '..%5c..%5cboot.ini', '%00', 'a%00b', '%ff', '%c0%ae',
  '%ed%a0%80', '%', '%zz', '%u0041', "'", "'--", "1'%20OR%20'1'='1", '1;DROP%20TABLE%20agreements', '%22', '*', '%25',
  '__proto__', 'constructor', 'prototype', 'toString', 'null', 'undefined', 'NaN', '-1', '0', '1e9', 'x'.repeat(65),
  'x'.repeat(1_001), 'x'.repeat(8_000), '%F0%9F%92%A9', 'eyJhIjoxfQ', 'eyJhdCI6Ii0xIiwiaWQiOiJ4In0', 'W10', 'bnVsbA',
  'lesson%3Ales_1', ';', '%3b', '@', '$', '!', '~', '%0d%0aX-Injected:1', 'les_1/', '//', 'a//b', '?', '#', '[]', '%5B%5D',
]; // prettier-ignore

const encoded = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** One word of an address that is no id of ours. */
export const strangeWord: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...addressed) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }).map(encoded) },
  { weight: 1, arbitrary: fc.base64String({ maxLength: 80 }).map(encodeURIComponent) },
);

/** Values of headers: anything that a line of a header can hold. */
export const strangeHeaderValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', 'x'.repeat(256), 'x'.repeat(4_000), 'x'.repeat(20_000), '%00', 'null', "' OR 1=1 --", '\u00ff\u00fe', '{}'),
  fc.stringMatching(/^[\x21-\x7e\x80-\xff]{1,60}$/),
); // prettier-ignore
