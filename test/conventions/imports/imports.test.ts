import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { rowIn, testRows } from '../lint-cases.ts';
import { checkout, objections } from '../run-biome.ts';
import { sourceFiles } from '../source-files.ts';
import { biomeImports } from './biome-imports.ts';
import { fileRules, type ImportRule, importRules } from './import-rules.ts';

const restricted = 'style/noRestrictedImports';

function importing(specifiers: readonly string[]) {
  const lines = specifiers.map((from, n) => `import { a as a${n} } from '${from}';`);
  return `${lines.join('\n')}\nexport const all = [${specifiers.map((_, n) => `a${n}`).join(', ')}];\n`;
}

const folders = Object.keys(importRules);

/** How a file in `from` names a file in `to`. */
function specifier(from: string, to: string): string {
  const way = posix.relative(from, to.endsWith('.ts') ? to : `${to}/file.ts`);
  return way.startsWith('.') ? way : `./${way}`;
}

const isAllowed = (from: string, to: string, rule: ImportRule): boolean =>
  from === to ||
  rule.folders.some((allowed) =>
    allowed.endsWith('/**')
      ? `${to}/`.startsWith(`${allowed.slice(0, -'/**'.length)}/`)
      : allowed === to,
  );

/** Packages that no rule allows everywhere. */
const packages = [
  'node:fs',
  'node:process',
  'pino',
  'xstate',
  'zod',
  'preact',
  'esbuild',
  'rolldown',
  'commander',
  '@nats-io/transport-node',
];

const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[.]/g, '\\.').replaceAll('*', '[^/]*')}$`).test(name);

const allowsPackage = ({ packages: allowed = [], except = [] }: ImportRule, name: string) =>
  allowed.some((pattern) => matches(pattern, name)) && !except.includes(name);

interface Case {
  readonly folder: string;
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** Each folder with every other folder of the table, the tests, and the packages above. */
const cases: readonly Case[] = folders.map((folder) => {
  const rule = importRules[folder] ?? { folders: [] };
  const targets = [...folders, 'test/arbitrary'].map((to) => ({
    name: specifier(folder, to),
    ok: isAllowed(folder, to, rule),
  }));
  const names = packages.map((name) => ({ name, ok: allowsPackage(rule, name) }));
  const all = [...targets, ...names];
  return {
    folder,
    allowed: all.filter(({ ok }) => ok).map(({ name }) => name),
    refused: all.filter(({ ok }) => !ok).map(({ name }) => name),
  };
});

describe('the Biome rule for imports', () => {
  let found: Map<string, string[]>;
  const path = (folder: string, kind: string) => `${folder}/case-${kind}.ts`;

  beforeAll(async () => {
    found = await objections(
      cases.flatMap(({ folder, allowed, refused }) => [
        { path: path(folder, 'allowed'), text: importing(allowed) },
        { path: path(folder, 'refused'), text: importing(refused) },
      ]),
    );
  }, 120_000);

  test.each(cases)('lets $folder import what its row lists', ({ folder }) => {
    expect(found.get(path(folder, 'allowed'))).toEqual([]);
  });

  test.each(cases)('refuses $folder every other folder', ({ folder, refused }) => {
    expect(found.get(path(folder, 'refused'))).toEqual(refused.map(() => restricted));
  });
});

const outside = "'../../ports/clock.ts'";
const domain = 'src/domain/fleet';

describe('the Biome rule for imports covers', () => {
  testRows([
    rowIn(
      'test/integration',
      'a test file, which may import all layers',
      importing([
        'node:os',
        '../../src/adapters/nats/leases.ts',
        '../../machines/run.ts',
        'vitest',
      ]),
    ),
    rowIn(domain, 'an import for its effect', `import ${outside};\n`, restricted),
    rowIn(
      domain,
      'import type',
      `import type { A } from ${outside};\nexport type B = A;\n`,
      restricted,
    ),
    rowIn(domain, 'import()', `export const a = () => import(${outside});\n`, restricted),
    rowIn(
      domain,
      'export from',
      `export { a } from ${outside};\n`,
      restricted,
      'performance/noBarrelFile',
    ),
  ]);
});

describe('the table of imports', () => {
  test('equals biome.imports.json as npm run imports writes it', () => {
    const written = JSON.parse(readFileSync(join(checkout, 'biome.imports.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(biomeImports()));
  });

  test('has one row for each folder of the source', () => {
    const present = new Set(sourceFiles().map((file) => posix.dirname(file)));
    expect([...present].filter((folder) => !importRules[folder])).toEqual([]);
    expect(folders.filter((folder) => !present.has(folder))).toEqual([]);
  });

  test('names only existing files in the rows for single files', () => {
    expect(Object.keys(fileRules).filter((file) => !sourceFiles().includes(file))).toEqual([]);
  });
});
