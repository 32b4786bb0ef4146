import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

const run = promisify(execFile);

/** Files that an application that imports the library must never load. */
const foreignFiles =
  /^(src\/(cli|dashboard|charts\/(layout|svg|text)|adapters\/(embedded|metrics|chart-rendering|memory))|tools|test)\//;
const foreignPackages =
  /^(commander|cli-table3|picocolors|pretty-ms|yocto-spinner|string-width|elkjs|yaml|pino|@resvg\/.*|@expo-google-fonts\/.*|@prometheus-io\/.*|@nats-io\/kv)(\/|$)/;

const staticForms = [/^(?:import|export)\s+(?!type\b)(?:[^;']*?\bfrom )?'([^']+)'/gm];
const typeForm = /^(?:import|export)\s+type\b[^;']*?\bfrom '([^']+)'/gm;
const dynamicForm = /\bimport\('([^']+)'\)/g;

/** The files and packages that a file reaches by imports of these forms. */
function closureOf(entry: string, forms: readonly RegExp[]) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(join(checkout, file), 'utf8');
    for (const form of forms) {
      for (const [, specifier = ''] of text.matchAll(form)) {
        if (specifier.startsWith('.')) visit(posix.join(posix.dirname(file), specifier));
        else packages.add(specifier);
      }
    }
  };
  visit(entry);
  return { files: [...files], packages: [...packages] };
}

const foreignIn = ({ files, packages }: ReturnType<typeof closureOf>): readonly string[] => [
  ...files.filter((file) => foreignFiles.test(file)),
  ...packages.filter((name) => foreignPackages.test(name)),
];

test('the static imports of the library reach no file and no package of the command line', () => {
  const closure = closureOf('src/index.ts', staticForms);
  expect(closure.files.length).toBeGreaterThan(50);
  expect(foreignIn(closure)).toEqual([]);
});

test('the types of the library reach no file of the command line', () => {
  const closure = closureOf('src/index.ts', [...staticForms, typeForm]);
  expect(closure.files.filter((file) => foreignFiles.test(file))).toEqual([]);
});

test('the dynamic imports of the library reach no file of the command line', () => {
  const { files } = closureOf('src/index.ts', [...staticForms, dynamicForm]);
  expect(files.filter((file) => foreignFiles.test(file))).toEqual([]);
});

test('a process that imports the library loads nothing of the command line', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    await import('./src/index.ts');
    console.log(JSON.stringify(loaded));
    process.exit();`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await run(process.execPath, args, { cwd: checkout });
  const urls: readonly string[] = JSON.parse(stdout);
  const paths = urls
    .filter((url) => url.startsWith('file:'))
    .map((url) => decodeURIComponent(new URL(url).pathname));
  const modules = paths.flatMap((path) => path.split('/node_modules/').slice(1).slice(-1));
  const files = paths
    .filter((path) => !path.includes('/node_modules/'))
    .map((path) => path.slice(checkout.length));
  expect(files).toContain('src/library/open-directory.ts');
  expect(files.filter((file) => foreignFiles.test(file))).toEqual([]);
  expect(modules.filter((path) => foreignPackages.test(path))).toEqual([]);
});

test('the files that the rule names exist', () => {
  for (const folder of [
    'src/cli',
    'src/dashboard',
    'src/adapters/embedded',
    'src/adapters/metrics',
  ]) {
    expect(existsSync(join(checkout, folder))).toBe(true);
  }
});
