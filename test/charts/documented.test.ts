import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout, documented } from './documented.ts';

test('docs/explanation/machines.md and its pictures are what npm run docs:machines writes', async () => {
  const files = await documented();
  for (const [path, text] of files) {
    const current = await readFile(join(checkout, path), 'utf8').catch(() => undefined);
    expect(current === text, `${path} is stale: npm run docs:machines`).toBe(true);
  }
  const pictures = (await readdir(join(checkout, 'docs/explanation/machines'))).map((name) =>
    join('docs/explanation/machines', name),
  );
  expect(pictures.filter((path) => !files.has(path))).toEqual([]);
}, 60_000);
