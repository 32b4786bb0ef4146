import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type PublicSurface, publicSurface } from './public-surface.ts';

const file = fileURLToPath(new URL('public-surface.json', import.meta.url));
const frozen: PublicSurface = JSON.parse(readFileSync(file, 'utf8'));
const now = publicSurface();

test.each(Object.keys(frozen) as (keyof PublicSurface)[])(
  'public-surface.json lists the %s of this version',
  (part) => {
    expect(now[part]).toEqual(frozen[part]);
  },
);

test('the public surface has no part that public-surface.json leaves out', () => {
  expect(Object.keys(now).sort()).toEqual(Object.keys(frozen).sort());
  for (const part of Object.values(now)) expect(Object.keys(part)).not.toHaveLength(0);
});
