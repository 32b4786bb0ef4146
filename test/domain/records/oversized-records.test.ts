import { describe, expect, test } from 'vitest';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { mostLabels, recordLimits } from '../../../src/domain/records/record-budget.ts';
import { invalidRecord } from '../../../src/domain/records/record-validity.ts';
import { formatParseError, longestReason } from '../../../src/domain/records/schema-problems.ts';
import { InstanceRecord } from '../../../src/domain/records/schemas.ts';
import { readInstance, readLeaseTtl } from '../../../src/domain/records/stored-record.ts';
import { cpuOf, entries } from '../support/oversized.ts';

const record = InstanceRecord.parse({
  ...{ v: 1, host: 'h1', agent: 'a', run: '0123456789', service: 'web', id: 'w1', token: 0 },
  ...{ state: 'serving', labels: {}, registeredAt: 1, since: 1, n: 1, hash: 'a'.repeat(64) },
});
const key = instanceKey(record);
const readText = (text: string) => readInstance({ key, revision: 1, text });
const read = (value: object) => readText(JSON.stringify(value));

describe('a record of an instance', () => {
  test.each([
    ['labels of the wrong type', { labels: entries(22_000, 1) }, 'labels: more than 256 entries'],
    ['labels', { labels: entries(mostLabels + 1, 'v') }, 'labels: more than 256 entries'],
    ['labels in a list', { labels: Array(100_000).fill(1) }, 'labels: more than 256 entries'],
    ['unknown fields', entries(20_000, 1), 'value: more than 256 entries'],
  ])('with too many %s is refused without an error for each', (_, change, why) => {
    const text = JSON.stringify({ ...record, ...change });
    expect(text.length).toBeLessThan(recordLimits.record);
    const { result, ms } = cpuOf(() => readText(text));
    expect(result).toMatchObject({ kind: 'unreadable', why });
    expect(ms).toBeLessThan(100);
  });

  test('with the most labels that an agent writes is read', () => {
    expect(read({ ...record, labels: entries(mostLabels, 'v') }).kind).toBe('stored');
  });

  test('that is longer than a record may be is not parsed', () => {
    const why = 'it has 262145 characters, and a record may have at most 262144';
    const text = `{"v":1`.padEnd(recordLimits.record + 1);
    expect(readText(text)).toMatchObject({ kind: 'unreadable', why });
    expect(readLeaseTtl(`{"v":1,"run":"0123456789","ttl":3000}`.padEnd(300_000))).toBeUndefined();
  });

  test('in an event is refused in the same way', () => {
    const large = { ...record, labels: entries(22_000, 1) };
    const { result, ms } = cpuOf(() => invalidRecord('instance', large));
    expect(result).toBe('labels: more than 256 entries');
    expect(ms).toBeLessThan(50);
  });
});

describe('a reason', () => {
  test('is short, however long the name of the field is', () => {
    const found = read({ ...record, labels: { ['k'.repeat(200_000)]: 1 } });
    expect(found).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/^labels\.k+…$/),
    });
    expect(found).toHaveProperty('why.length', longestReason);
  });

  test('names the first problems only', () => {
    const issues = Array.from({ length: 50_000 }, (_, at) => ({ path: [at], message: 'no' }));
    const { result, ms } = cpuOf(() => formatParseError({ issues }));
    expect(result).toMatch(/^\[0\]: no; \[1\]: no; /);
    expect(result.length).toBeLessThanOrEqual(longestReason);
    expect(ms).toBeLessThan(20);
  });
});
