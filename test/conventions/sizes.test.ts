import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

const maxLines = 260;
const maxFiles = 20;

/** Files that are longer because they are data: one table or one text. */
const data = ['test/integration/access/support/attacks.ts'];

/** Folders that may have more files: one for each command, and recordings. */
const large = ['src/cli/commands', 'test/fixtures/golden'];

const entries = ['src', 'machines', 'tools', 'test'].flatMap((top) =>
  readdirSync(join(checkout, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ folder: parentPath.slice(checkout.length), name })),
);

const linesOf = (path: string): number =>
  readFileSync(join(checkout, path), 'utf8').split('\n').length - 1;

describe('the source', () => {
  test(`has no file of more than ${maxLines} lines, except for data`, () => {
    const long = entries
      .filter(({ name }) => /\.(tsx?|css)$/.test(name))
      .map(({ folder, name }) => `${folder}/${name}`)
      .filter((path) => !data.includes(path) && linesOf(path) > maxLines);
    expect(long).toEqual([]);
  });

  test(`has no folder of more than ${maxFiles} files, except for commands and recordings`, () => {
    const sizes = new Map<string, number>();
    for (const { folder } of entries) sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
    const full = [...sizes].filter(([folder, size]) => size > maxFiles && !large.includes(folder));
    expect(full).toEqual([]);
  });

  test('names only existing exceptions of these limits', () => {
    const paths = entries.flatMap(({ folder, name }) => [folder, `${folder}/${name}`]);
    expect([...data, ...large].filter((path) => !paths.includes(path))).toEqual([]);
  });
});
