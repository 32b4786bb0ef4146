import fc from 'fast-check';
import { anyText } from '../../arbitrary/names.ts';

const nested = (open: string, close: string, depth: number) =>
  `${open.repeat(depth)}${close.repeat(depth)}`;

/** Well-formed JSON with unexpected values, as text. */
const nasties: readonly string[] = [
  ...['null', 'true', '0', '-1', '-0', '1.5', '1e999', '-1e999', '1e300', '{}', '[]', '[null]'],
  // Beyond the exact integers of a double, and beyond the range of dates.
  ...[
    '9007199254740993',
    '9007199254740991',
    '8640000000000000',
    '8640000000000001',
    '-8640000000000001',
  ],
  ...[
    '""',
    '"\\ud800"',
    '"\\u0000"',
    '"a\\u001b[31mb\\u009b"',
    '"\\u202e\\u2028"',
    '"\\ufeff"',
    '"0"',
  ],
  ...['"__proto__"', '"constructor"', '"toString"', '"hasOwnProperty"', '"valueOf"', '"a/b.*.>"'],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...['{"toString":null,"valueOf":null}', '{"length":-1}', '{"type":"__proto__"}', '{"then":1}'],
  `"${'é'.repeat(512)}"`,
  `"${'.'.repeat(1024)}"`,
  `"${'x'.repeat(1_000_000)}"`,
  nested('[', ']', 20_000),
  nested('{"a":', '}', 20_000).replace('}', '1}'),
];

const nasty: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...nasties),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  anyText.map((text) => JSON.stringify(text)),
);

const oddKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'v',
  'hash',
  'then',
  '',
  '\ud800',
);

/** A change to a document at value number `where`, modulo the number of values. */
const change = fc.record({
  where: fc.nat(),
  how: fc.oneof(
    nasty.map((put) => ({ put })),
    fc.constant('drop' as const),
    fc.tuple(oddKey, nasty).map(([key, put]) => ({ key, put })),
    fc.constant('twice' as const),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** Damage to a text. */
const damage = fc.oneof(
  fc.constant((text: string) => text),
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc.tuple(fc.nat(), anyText).map(([at, put]) => (text: string) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + put + text.slice(cut);
  }),
  fc.constant((text: string) => `\ufeff${text}`),
  fc.constant((text: string) => text.replaceAll(',', ',\r\n')),
  fc.constant((text: string) => text + text),
);

/** The text of a valid document with some values changed and at times damage, or an arbitrary text. */
export const mutated = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([document, changes]) => changes.reduce(changed, JSON.stringify(document))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(valid, fc.array(change, { maxLength: 1 }), damage)
        .map(([document, changes, harm]) =>
          harm(changes.reduce(changed, JSON.stringify(document))),
        ),
    },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: anyText },
  );

/** Changes one value of a JSON text, as text, because parsed values cannot have duplicate or deep keys. */
function changed(text: string, { where, how }: Change): string {
  const places = placesIn(text);
  const place = places[where % places.length];
  if (place === undefined) return text;
  const [from, to] = place;
  const [before, old, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  if (how === 'drop') return dropped(before, after);
  if (how === 'twice') {
    const key = /("(?:[^"\\]|\\.)*"):$/.exec(before)?.[0];
    return key === undefined ? text : `${before}null,${key}${old}${after}`;
  }
  if ('key' in how) {
    const inside = old.startsWith('{') ? old : undefined;
    const field = `${JSON.stringify(how.key)}:${how.put}`;
    if (inside === undefined) return before + how.put + after;
    return `${before}{${field}${inside === '{}' ? '' : ','}${inside.slice(1)}${after}`;
  }
  return before + how.put + after;
}

/** Removes a value with its key and one comma. */
function dropped(before: string, after: string): string {
  const begun = before.replace(/"(?:[^"\\]|\\.)*":$/, '');
  if (after.startsWith(',')) return begun + after.slice(1);
  return begun.replace(/,$/, '') + after;
}

type Place = readonly [from: number, to: number];

/** Ranges of the values in a JSON text, outermost first. Deep or broken text has few. */
function placesIn(text: string): readonly Place[] {
  const places: [number, number][] = [];
  const open: number[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]|[^\s,:{}[\]"]+/g;
  for (const { 0: token, 1: colon, index } of text.slice(0, longest).matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push(places.push([index, text.length]) - 1);
    } else if (token === '}' || token === ']') {
      const place = places[open.pop() ?? -1];
      if (place) place[1] = index + 1;
    } else if (colon === undefined) {
      places.push([index, index + token.length]);
    }
  }
  return places;
}

const longest = 10_000;
