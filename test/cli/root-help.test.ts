import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { rootHelp } from '../../src/cli/root-help.ts';
import { fakeTerminal } from './support/fake-terminal.ts';

const source = fileURLToPath(new URL('../../src/cli/root-help.ts', import.meta.url));

/** What a file imports when it is loaded, types excepted: files of this repository, and packages. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^import (?!type)[^;]*? from '([^']+)';/gms)) {
    if (name.startsWith('.')) loadedBy(join(dirname(file), name), seen);
    else seen.add(name);
  }
  return seen;
}

test('the first page of the help loads no package: that took most of its time', () => {
  const packages = [...loadedBy(source)].filter((name) => !name.startsWith('/'));
  expect(packages).toEqual([]);
});

test.each([60, 80, 100])('the first page of the help fits %i columns', (columns) => {
  const lines = rootHelp(columns).split('\n');
  const items = lines.slice(
    0,
    lines.indexOf(
      'Exit codes: 0 success, 1 problem found, 2 usage error, 3 store not reachable, 70 bug in Rollcall,',
    ) - 6,
  );
  if (columns > 60) for (const line of items) expect(line.length).toBeLessThanOrEqual(columns);
  expect(items.length).toBeGreaterThan(40);
});

test('each way to ask for it prints the same', async () => {
  const asked = async (...argv: readonly string[]) => {
    const { io, out } = fakeTerminal();
    await runProgram(argv, io, { version: '0', starting() {} });
    return out.join('\n');
  };
  for (const argv of [['--help'], ['-h'], ['help']])
    expect(await asked(...argv)).toBe(rootHelp(100));
});
