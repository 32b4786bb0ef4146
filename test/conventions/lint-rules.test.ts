import { describe } from 'vitest';
import { rowAt, rowIn, testRows } from './lint-cases.ts';

const anywhere = 'src/adapters/system';

const refused = [
  ['process', 'export const a = process.pid;\n', 'correctness/noProcessGlobal'],
  ['Math.random', 'export const a = Math.random();\n', 'nursery/noJsRestrictedProperties'],
  ['console', "console.log('');\nexport const a = 1;\n", 'suspicious/noConsole'],
  ['a default export', 'export default 1;\n', 'style/noDefaultExport'],
  ['any', 'export const a = (b: any) => b;\n', 'suspicious/noExplicitAny'],
  ['a non-null !', 'export const a = (b: { c?: 1 }) => b.c!;\n', 'style/noNonNullAssertion'],
  ['a thrown literal', "export const a = () => {\n  throw 'b';\n};\n", 'style/useThrowOnlyError'],
  [
    'an import without its extension',
    "import { b } from './extension';\nexport const a = b;\n",
    'correctness/useImportExtensions',
  ],
  ['a barrel', "export { a } from './b.ts';\n", 'performance/noBarrelFile'],
  [
    'a promise without await',
    'async function a() {}\nexport function b() {\n  a();\n}\n',
    'nursery/noFloatingPromises',
  ],
  [
    'a promise as a condition',
    'async function a() {\n  return true;\n}\nexport async function b() {\n  if (a()) return 1;\n  return 2;\n}\n',
    'nursery/noMisusedPromises',
  ],
  [
    'a switch with a missing case',
    "export function a(b: 'c' | 'd') {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n}\n",
    'nursery/useExhaustiveSwitchCases',
  ],
] as const;

const cycle = (here: string, there: string) =>
  rowAt(
    `${anywhere}/cycle-${here}.ts`,
    `an import cycle is refused in ${here}`,
    `import { ${there} } from './cycle-${there}.ts';\nexport function ${here}() {\n  ${there}();\n}\n`,
    'suspicious/noImportCycles',
  );

const environment = "export const a = [process.pid, process.env['PATH']];\n";

describe('under the other Biome rules', () => {
  testRows([
    ...refused.map(([title, text, rule]) => rowIn(anywhere, `${title} is refused`, text, rule)),
    // The import target of the extension case: Biome requires an extension only for an existing file.
    rowAt(`${anywhere}/extension.ts`, 'a named export is allowed', 'export const b = 1;\n'),
    cycle('one', 'other'),
    cycle('other', 'one'),
    rowIn(
      anywhere,
      'process.env is refused',
      "export const a = process.env['PATH'];\n",
      'correctness/noProcessGlobal',
      'style/noProcessEnv',
    ),
    rowAt(
      `${anywhere}/twoWords.ts`,
      'a file name that is not kebab-case is refused',
      'export const a = 1;\n',
      'style/useFilenamingConvention',
    ),
    rowAt(
      'src/index.ts',
      'export * is refused',
      "export * from './domain/time.ts';\n",
      'performance/noReExportAll',
    ),
    rowAt(
      'src/index.ts',
      'a re-export in the entry is allowed',
      "export { a } from './domain/time.ts';\n",
    ),
    rowAt(
      'src/testing.ts',
      'a re-export in the entry for tests is allowed',
      "export { a } from './domain/time.ts';\n",
    ),
    rowAt('src/cli/main.ts', 'process in main.ts is allowed', environment),
    rowIn('test/real', 'process in a test is allowed', environment),
    rowAt(
      'some.config.ts',
      'a default export in a configuration file is allowed',
      `${environment}export default a;\n`,
    ),
  ]);
});
