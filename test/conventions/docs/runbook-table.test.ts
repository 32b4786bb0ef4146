import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('each runbook has a row with the test that plays its commands, and no row is left of another one', () => {
  const headings = [...textOf('docs/how-to/runbooks.md').matchAll(/^## (.+)$/gm)].map(([, h]) => h);
  const [, part = ''] = textOf('docs/explanation/testing.md').split('\n## Runbooks\n');
  const rows = [
    ...(part.split('\n## ')[0] ?? '').matchAll(/^\| (?!runbook|-)(.+?) \| (.+?) \| (.+?) \|$/gm),
  ];
  expect(rows.map(([, heading]) => heading)).toEqual(headings);
  for (const [row, , plays = '', causes = ''] of rows) {
    const files = `${plays}, ${causes}`.match(/[a-z-]+(?:\/[a-z-]+)+(?=\W|$)/g) ?? [];
    expect(files.length, row).toBeGreaterThan(0);
    for (const file of files) {
      const places = ['integration/', ''].map((at) => `../../${at}${file}.test.ts`);
      const exists = places.some((place) => existsSync(new URL(place, import.meta.url)));
      expect([row, file, exists]).toEqual([row, file, true]);
    }
  }
});
