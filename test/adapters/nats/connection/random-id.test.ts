import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { randomId } from '../../../../src/adapters/nats/connection/random-id.ts';

const source = fileURLToPath(new URL('../../../../src/adapters/nats', import.meta.url));

test('no part of a random id is the same in all of them', () => {
  const ids = Array.from({ length: 200 }, () => BigInt(`0x${randomId()}`));
  expect(new Set(ids).size).toBe(200);
  // With 200 ids, a bit that is always 0 or always 1 has a chance of 128 / 2 ** 199.
  const all = ids.reduce((a, b) => a & b);
  const none = ids.reduce((a, b) => a | b);
  expect([all, none]).toEqual([0n, 2n ** 128n - 1n]);
});

test('no id of this program comes from the counter of the NATS client', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('random-id.ts'),
  );
  const found = files.filter((file) =>
    /\bnuid\b|createInbox/.test(readFileSync(`${source}/${file}`, 'utf8')),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(found).toEqual([]);
});
