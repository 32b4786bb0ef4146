import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from './run-biome.ts';
import { sourceFiles } from './source-files.ts';

const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(checkout, 'package.json'), 'utf8'),
);
const declared = Object.keys({ ...dependencies, ...optionalDependencies });

/** Source files of the published package. The page is bundled; its build and `tools` are not published. */
const shipped = sourceFiles().filter(
  (file) => /^(src|machines)\//.test(file) && !/^src\/dashboard\/(web|build)\//.test(file),
);

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const importForms = [
  /^(?:import|export)\b(?! type\b)[^;']*\bfrom '([^'./][^']*)'/gm,
  /^import '([^'./][^']*)'/gm,
  /\bimport\('([^'./][^']*)'\)/g,
  /\bimport\.meta\.resolve\(['`]([^'`./][^'`]*)['`]\)/g,
];

/** The packages that a file loads or finds by path. Imports of types alone are left out: the build removes them. */
function importedPackages(file: string): readonly string[] {
  const text = readFileSync(join(checkout, file), 'utf8');
  return importForms
    .flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''))
    .filter((specifier) => !isBuiltin(specifier))
    .map(packageOf);
}

const imported = new Set(shipped.flatMap(importedPackages));

test('every dependency is loaded by a shipped file', () => {
  expect(declared.filter((name) => !imported.has(name))).toEqual([]);
});

test('every package that a shipped file loads is a dependency', () => {
  expect([...imported].filter((name) => !declared.includes(name))).toEqual([]);
});
