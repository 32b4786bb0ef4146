import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Declaration, parseExports, resolveDeclaration } from './exported-declarations.ts';
import { pageHead } from './markdown.ts';

/** A page section for each export of `src/index.ts`: its docstring, its declaration, and an example. */
export function libraryReference(checkout: string): string {
  const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
  const declarations = parseExports(read('src/index.ts')).map(({ name }) =>
    resolveDeclaration(read, 'src/index.ts', name),
  );
  const functions = declarations.filter(({ kind }) => kind === 'function');
  const others = declarations.filter(({ kind }) => kind !== 'function');
  return [
    pageHead('Library', 'the docstrings of what src/index.ts exports'),
    "`npm install rollcall`, then `import { startAgent } from 'rollcall'`. Everything listed here is",
    'public. A failure that a caller must expect is thrown as a [`Fault`](#fault) with a code: see',
    '[error codes](error-codes.md).',
    '',
    `Functions: ${functions.map((one) => linkTo(one)).join(' · ')}`,
    '',
    `Classes and types: ${others.map((one) => linkTo(one, functions)).join(' · ')}`,
    '',
    ...[...functions, ...others].flatMap((one) => section(one, read)),
  ].join('\n');
}

/** Anchors ignore case: the second of two equal headings ends in `-1`. */
function linkTo({ name }: Declaration, before: readonly Declaration[] = []): string {
  const anchor = name.toLowerCase();
  const isSecond = before.some((one) => one.name.toLowerCase() === anchor);
  return `[${name}](#${anchor}${isSecond ? '-1' : ''})`;
}

const section = (declaration: Declaration, read: (path: string) => string): readonly string[] => [
  `## ${declaration.name}`,
  '',
  ...(declaration.about.length > 0 ? [...declaration.about, ''] : []),
  '```ts',
  declaration.text,
  '```',
  '',
  ...(declaration.kind === 'function' && !hasExample(declaration)
    ? example(read, declaration.name)
    : []),
];

const hasExample = ({ about }: Declaration): boolean => about.includes('Example:');

/** An example is a file of its own, so that the type check reads it too. */
function example(read: (path: string) => string, name: string): readonly string[] {
  const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const text = read(`tools/docs/examples/${file}.ts`).replace('../../../src/index.ts', 'rollcall');
  return ['Example:', '', '```ts', text.trimEnd(), '```', ''];
}
