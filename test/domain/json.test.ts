import { expect, test } from 'vitest';
import { parseAuditEvent } from '../../src/domain/events/audit-entry.ts';
import { readJson } from '../../src/domain/json.ts';
import { RegistryProjection } from '../../src/domain/replay/fold.ts';
import { longHistory } from '../fixtures/history/long-history.ts';

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test.each([
  [1000, 'read'],
  [1001, 'refused'],
])('JSON that is nested %i levels deep is %s', (levels, what) => {
  const read = () => readJson(nested(levels));
  if (what === 'read') expect(JSON.stringify(read())).toBe(nested(levels));
  else expect(read).toThrow('nested more than 1000 levels deep');
});

test('an event with a record that is nested too deep does not stop a replay (G12)', () => {
  const [stored] = longHistory(1);
  if (!stored) throw new Error('no history');
  const text = stored.text.replace('"record":{', `"record":{"deep":${nested(50_000)},`);
  const read = parseAuditEvent({ ...stored, text });
  expect(read).toMatchObject({ kind: 'illegible', why: expect.stringContaining('levels deep') });
  if (read.kind === 'event') new RegistryProjection().take(read);
});
