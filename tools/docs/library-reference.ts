import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Declaration, parseExports, resolveDeclaration } from './exported-declarations.ts';
import { pageHead } from './markdown.ts';

/** The files whose exports users import, by the name that they import. */
const entries = { rollcall: 'src/index.ts', 'rollcall/testing': 'src/testing.ts' } as const;

/** What an entry exports, in its order. */
const declarationsOf = (checkout: string, entry: string): readonly Declaration[] => {
  const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
  return parseExports(read(entry)).map(({ name }) => resolveDeclaration(read, entry, name));
};

/** What all entries export. */
export const exportedDeclarations = (checkout: string): readonly Declaration[] =>
  Object.values(entries).flatMap((entry) => declarationsOf(checkout, entry));

/** A page section for each export: its docstring and its declaration. */
export function libraryReference(checkout: string): string {
  const declarations = declarationsOf(checkout, entries.rollcall);
  const testing = declarationsOf(checkout, entries['rollcall/testing']);
  const exported = new Set([...declarations, ...testing].map(({ name }) => name));
  const functions = declarations.filter(({ kind }) => kind === 'function');
  const others = declarations.filter(({ kind }) => kind !== 'function');
  return [
    pageHead('Library', 'the docstrings of what src/index.ts and src/testing.ts export'),
    "`npm install rollcall` (until it is published: `npm run build` in a checkout, then `npm install /path/to/it`), then `import { startAgent } from 'rollcall'`. Everything listed here is",
    'public. A failure that a caller must expect is thrown as a [`Fault`](#fault) with a code: see',
    '[error codes](error-codes.md).',
    '',
    `Functions: ${functions.map((one) => linkTo(one)).join(' · ')}`,
    '',
    `Classes and types: ${others.map((one) => linkTo(one, functions)).join(' · ')}`,
    '',
    `For tests, from \`rollcall/testing\`: ${testing.map((one) => linkTo(one)).join(' · ')}. See [test your code](../how-to/test-your-code.md).`,
    '',
    ...[...functions, ...others, ...testing].flatMap((one) => section(one, exported)),
  ].join('\n');
}

/** Anchors ignore case: the second of two equal headings ends in `-1`. */
function linkTo({ name }: Declaration, before: readonly Declaration[] = []): string {
  const anchor = name.toLowerCase();
  const isSecond = before.some((one) => one.name.toLowerCase() === anchor);
  return `[${name}](#${anchor}${isSecond ? '-1' : ''})`;
}

const section = ({ name, about, text, bases }: Declaration, exported: ReadonlySet<string>) => [
  `## ${name}`,
  '',
  ...about,
  '',
  '```ts',
  text,
  ...bases.filter((base) => !exported.has(base.name)).flatMap(hiddenBase),
  '```',
  '',
];

/** A base that is not exported: its fields would be listed nowhere else. */
const hiddenBase = ({ about, text }: Declaration): readonly string[] => [
  '',
  `/** ${about.join(' ')} */`,
  text,
];
