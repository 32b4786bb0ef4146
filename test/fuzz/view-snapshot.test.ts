import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSnapshot } from '../../src/adapters/files/view-snapshot.ts';
import { anyText } from '../arbitrary/names.ts';
import { fuzz } from './support/fuzz.ts';

const content = fc.oneof(
  anyText,
  fc.json(),
  fc
    .record({ v: fc.constant(1), at: fc.nat(), rows: fc.array(fc.object()) })
    .map((value) => JSON.stringify(value)),
);

test('a file with any content is a view, or has a reason why it cannot be used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-snapshot-'));
  const file = join(folder, 'view.json');
  try {
    await fuzz(
      content,
      async (text) => {
        await writeFile(file, text);
        const read = await readSnapshot(file);
        expect(read).toEqual(
          read && 'unusable' in read
            ? { unusable: expect.any(String) }
            : { at: expect.any(Number), rows: expect.any(Array) },
        );
      },
      { runs: 60 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
