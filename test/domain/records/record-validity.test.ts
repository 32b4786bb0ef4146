import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import {
  invalidRecord,
  isPlainInstance,
  isSimpleInstance,
} from '../../../src/domain/records/record-validity.ts';
import { InstanceRecord } from '../../../src/domain/records/schemas.ts';
import { readInstance } from '../../../src/domain/records/stored-record.ts';

const record = {
  v: 1,
  host: 'h1',
  agent: 'a',
  run: '0123456789',
  service: 'web',
  id: 'w1',
  token: 0,
  state: 'serving',
  labels: { version: '1' },
  registeredAt: 1,
  since: 1,
  n: 1,
  hash: 'a'.repeat(64),
};

describe('a record in an event', () => {
  test('is valid with all its fields', () => {
    expect(isSimpleInstance(record)).toBe(true);
    expect(invalidRecord('instance', record)).toBeUndefined();
  });

  test.each<[string, object]>([
    ['labels', { labels: undefined }],
    ['labels.a', { labels: { a: 1 } }],
    ['port', { port: '80' }],
    ['since', { since: 1.5 }],
    ['state', { state: 'up' }],
  ])('that breaks the rule for %s is named with its field', (field, change) => {
    expect(invalidRecord('instance', { ...record, ...change })).toContain(`${field}: `);
  });

  const field = fc.constantFrom(...Object.keys(record), 'port', 'address', 'detail', 'other');
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom('', '\u0007', 'x'.repeat(342), '__proto__', undefined),
    fc.integer({ min: -1, max: 70_000 }),
  );

  test('that is simple is valid by the schema too', () => {
    fc.assert(
      fc.property(field, value, (name, to) => {
        const changed = { ...record, [name]: to };
        if (isSimpleInstance(changed)) expect(InstanceRecord.parse(changed)).toEqual(changed);
      }),
      // As texts they match the pattern of a run.
      {
        examples: [
          ['run', undefined],
          ['run', ['0123456789']],
        ],
      },
    );
  });

  test('that is plain is read from its JSON as it is', () => {
    expect(isPlainInstance({ ...record, address: 'a', port: 80, detail: 'x' })).toBe(true);
    const labels = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(field, fc.oneof(value, labels), (name, to) => {
        const changed = { ...record, [name]: to };
        if (!isPlainInstance(changed)) return;
        const key = instanceKey(changed);
        const read = readInstance({ key, revision: 7, text: JSON.stringify(changed) });
        expect(read).toStrictEqual({ kind: 'stored', key, revision: 7, record: changed });
      }),
      // JSON has no negative zero. Found by seed 530758563.
      { examples: [['since', -0]] },
    );
  });

  test.each([
    ['a field that is written as nothing', { address: undefined }],
    ['a field of another version', { weight: 1 }],
    ['labels that write themselves', { labels: Object.create({ toJSON: () => ({ a: '2' }) }) }],
  ])('with %s is not plain', (_, change) => {
    expect(isPlainInstance({ ...record, ...change })).toBe(false);
  });
});
