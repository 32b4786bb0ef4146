import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagramName } from '../../src/charts/layout/pinned-layouts.ts';
import { pinnedLayouts } from '../../src/charts/layout/pinned-layouts-data.ts';
import { charts, checkout, documented, foldings } from './documented.ts';

describe('docs/explanation/machines.md, written by npm run docs:machines', () => {
  test('says and shows what the machines are now', async () => {
    const files = await documented();
    for (const [path, text] of files) {
      const stands = await readFile(join(checkout, path), 'utf8').catch(() => 'nothing');
      expect(stands === text, `${path} is stale: npm run docs:machines`).toBe(true);
    }
    const stand = (await readdir(join(checkout, 'docs/explanation/machines'))).map((name) =>
      join('docs/explanation/machines', name),
    );
    expect([...files.keys(), ...stand].filter((path) => !files.has(path))).toEqual([]);
  }, 60_000);

  test('shows every machine as it was found to be drawn best, and pins no other', () => {
    const drawn = charts.flatMap((chart) =>
      foldings(chart).map((collapsed) => diagramName(chart.hash, collapsed, 'down')),
    );
    expect(Object.keys(pinnedLayouts).sort()).toEqual(drawn.sort());
  });
});
