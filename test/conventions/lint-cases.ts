import { beforeAll, expect, test } from 'vitest';
import { objections, type Source } from './run-biome.ts';

/** A file, and exactly the rules that Biome must find broken in it. */
export interface Row extends Source {
  readonly title: string;
  readonly expected: readonly string[];
}

/** A case with a file name of its own in `folder`, so that cases do not share a path. */
export function rowIn(folder: string, title: string, text: string, ...expected: string[]): Row {
  rowsSoFar += 1;
  return { title, path: `${folder}/row-${rowsSoFar}.ts`, text, expected };
}
let rowsSoFar = 0;

/** A case for one particular file. */
export function rowAt(path: string, title: string, text: string, ...expected: string[]): Row {
  return { title, path, text, expected };
}

/** One test per case. Cases that share a path are linted in different trees, all others in one. */
export function testRows(rows: readonly Row[]): void {
  const found = new Map<Row, readonly string[]>();

  beforeAll(async () => {
    for (const tree of trees(rows)) {
      const byPath = await objections(tree);
      for (const row of tree) found.set(row, byPath.get(row.path) ?? []);
    }
  }, 60_000);

  test.each(rows.map((row) => [row.title, row] as const))('%s', (_, row) => {
    expect([...(found.get(row) ?? ['not linted'])].sort()).toEqual([...row.expected].sort());
  });
}

function trees(rows: readonly Row[]): Row[][] {
  const result: Row[][] = [];
  for (const row of rows) {
    const free = result.find((tree) => tree.every(({ path }) => path !== row.path));
    if (free) free.push(row);
    else result.push([row]);
  }
  return result;
}
