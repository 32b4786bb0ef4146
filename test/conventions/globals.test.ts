import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowIn, testRows } from './lint-cases.ts';
import { checkout, overrides } from './run-biome.ts';
import { sourceFiles } from './source-files.ts';

/** Folders that get time, randomness and I/O through ports only. */
const pure = ['src/domain', 'src/ports', 'src/runtime', 'src/charts', 'machines'];

const deniedGlobals = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'fetch',
  'globalThis',
];

/** Globals of a browser that are easily read by accident where a variable was renamed. */
const page = 'src/dashboard/web';
const deniedOnPage = ['closed', 'event', 'length', 'name', 'parent', 'status', 'top'];

const deniedProperties = ['Math.random', 'AbortSignal.timeout'];

describe('under the Biome rule for globals', () => {
  testRows([
    ...deniedOnPage.map((name) =>
      rowIn(
        page,
        `${page} must not use ${name}`,
        `export const a = [${name}];\n`,
        'style/noRestrictedGlobals',
      ),
    ),
    ...pure.flatMap((folder) => [
      ...deniedGlobals.map((name) =>
        rowIn(
          folder,
          `${folder} must not use ${name}`,
          `export const a = [${name}];\n`,
          'style/noRestrictedGlobals',
        ),
      ),
      ...deniedProperties.map((name) =>
        rowIn(
          folder,
          `${folder} must not use ${name}`,
          `export const a = ${name};\n`,
          'nursery/noJsRestrictedProperties',
        ),
      ),
      rowIn(
        folder,
        `${folder} must not use process`,
        'export const a = process.pid;\n',
        'correctness/noProcessGlobal',
      ),
      rowIn(
        folder,
        `${folder} may use globals without time, randomness or I/O`,
        'queueMicrotask(() => Math.floor(1));\nexport const a = new AbortController();\n',
      ),
    ]),
  ]);
});

test('the lint cases cover every denied global in every folder that denies it', async () => {
  const denying = (await overrides()).filter(
    ({ linter }) => linter.rules.style?.noRestrictedGlobals,
  );
  expect(denying.flatMap(({ includes }) => includes)).toEqual(
    [...pure, page].map((each) => `${each}/**`),
  );
  const names = denying.flatMap(({ linter }) =>
    Object.keys(linter.rules.style?.noRestrictedGlobals?.options.deniedGlobals ?? {}),
  );
  expect(names.sort()).toEqual([...deniedGlobals, ...deniedOnPage].sort());
});

test('no file decides by the text of an error: it has a code and a class', () => {
  const byText = /\bmessage\.(startsWith|includes|match|search)\(/;
  const found = sourceFiles().filter(
    (file) => file.startsWith('src/') && byText.test(readFileSync(join(checkout, file), 'utf8')),
  );
  expect(found).toEqual([]);
});
