import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { formatParseError } from '../../../src/domain/records/schema-problems.ts';
import type { AgentRecord, InstanceRecord } from '../../../src/domain/records/schemas.ts';
import {
  AgentReader,
  type KeyValueEntry,
  readAgent,
  readInstance,
  termOf,
  tokenOf,
} from '../../../src/domain/records/stored-record.ts';
import { anyText } from '../../arbitrary/names.ts';
import { anyAgentRecord, anyInstanceRecord } from '../../arbitrary/records.ts';

const sample = <T>(from: fc.Arbitrary<T>): T => {
  const [one] = fc.sample(from, { numRuns: 1, seed: 7 });
  if (one === undefined) throw new Error('nothing to sample');
  return one;
};
const agent = sample(anyAgentRecord);
const instance = sample(anyInstanceRecord);

const agentEntry = (record: AgentRecord, revision = 5): KeyValueEntry => ({
  key: agentKey(record),
  revision,
  text: JSON.stringify(record),
});
const instanceEntry = (record: InstanceRecord, revision = 5): KeyValueEntry => ({
  key: instanceKey(record),
  revision,
  text: JSON.stringify(record),
});

describe('a record that is read again', () => {
  const entry = agentEntry(agent);

  test('is not parsed again while nothing has changed', () => {
    const reader = new AgentReader();
    const first = reader.read(entry);
    expect(first).toEqual(readAgent(entry));
    expect(reader.read({ ...entry })).toBe(first);
  });

  test.each<[string, Partial<KeyValueEntry>]>([
    ['its revision', { revision: 6 }],
    ['its text at the same revision, after the store was put back', { text: '{}' }],
    ['its text, because it was removed', { text: undefined }],
    ['its key', { key: 'agent.other.other' }],
    ['what is left out', { leftOut: 'too long' }],
  ])('is parsed again after a change of %s', (_, change) => {
    const reader = new AgentReader();
    reader.read(entry);
    const changed = { ...entry, ...change };
    expect(reader.read(changed)).toEqual(readAgent(changed));
    expect(reader.read(entry)).toEqual(readAgent(entry));
  });
});

describe('a stored entry', () => {
  test('without text is absent, at the revision that a create must expect', () => {
    const key = agentKey(agent);
    const entry = { key, revision: 9, text: undefined };
    expect(readAgent(entry)).toEqual({ kind: 'absent', key, revision: 9 });
    expect(readInstance(entry)).toEqual({ kind: 'absent', key, revision: 9 });
  });

  test('reads back as the record that was written, unknown fields kept', () => {
    fc.assert(
      fc.property(anyAgentRecord, anyInstanceRecord, (agent, instance) => {
        expect(readAgent(agentEntry(agent))).toMatchObject({ kind: 'stored', record: agent });
        expect(readInstance(instanceEntry(instance))).toMatchObject({
          kind: 'stored',
          record: instance,
        });
      }),
    );
  });

  test('is absent, stored or unreadable, whatever its key and text', () => {
    const texts = fc.oneof(
      anyText,
      fc.json(),
      anyAgentRecord.map((r) => JSON.stringify(r)),
    );
    const keys = fc.oneof(anyText, fc.constantFrom(agentKey(agent), instanceKey(instance)));
    fc.assert(
      fc.property(keys, texts, fc.nat(), (key, text, revision) => {
        for (const read of [readAgent, readInstance]) {
          const found = read({ key, revision, text });
          expect(found).toMatchObject({ key, revision });
          expect(['stored', 'unreadable']).toContain(found.kind);
          if (found.kind === 'unreadable') expect(found.why).toMatch(/^\P{Cc}+$/u);
        }
      }),
    );
  });

  test('that is unreadable has a reason that names the field and the rule', () => {
    const why = (text: string) => readAgent({ ...agentEntry(agent), text });
    expect(why('{"v":')).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(/JSON/) });
    expect(why('')).toMatchObject({ kind: 'unreadable' });
    expect(why('null')).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/^value: /),
    });
    expect(why(JSON.stringify({ ...agent, v: 2 }))).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/^v: /),
    });
    expect(why(JSON.stringify({ ...agent, ttl: 0, n: 0 }))).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/^ttl: .*; n: /),
    });
    expect(why(JSON.stringify({ ...agent, process: { pid: 'x' } }))).toMatchObject({
      why: expect.stringMatching(/process\.pid: /),
    });
  });

  test.each(['host', 'agent'] as const)(
    'of an agent whose key has another %s is unreadable',
    (field) => {
      const text = JSON.stringify({ ...agent, [field]: 'elsewhere' });
      const read = readAgent({ ...agentEntry(agent), text });
      expect(read).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('elsewhere') });
    },
  );

  test.each(['host', 'agent', 'service', 'id'] as const)(
    'of an instance whose key has another %s is unreadable',
    (field) => {
      const text = JSON.stringify({ ...instance, [field]: 'elsewhere' });
      const read = readInstance({ ...instanceEntry(instance), text });
      expect(read).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('elsewhere') });
    },
  );

  test('of one kind under a key of another kind is unreadable', () => {
    expect(readAgent({ ...agentEntry(agent), key: instanceKey(instance) }).kind).toBe('unreadable');
    const misplaced = { ...instanceEntry(instance), key: agentKey(instance) };
    expect(readInstance(misplaced).kind).toBe('unreadable');
  });
});

describe('a term and a token', () => {
  test('are the revision of the write with value 0, and the value of every later write', () => {
    const stored = { kind: 'stored', key: 'k', revision: 41 } as const;
    expect(termOf({ ...stored, record: { ...agent, term: 0 } })).toBe(41);
    expect(termOf({ ...stored, record: { ...agent, term: 17 } })).toBe(17);
    expect(tokenOf({ ...stored, record: { ...instance, token: 0 } })).toBe(41);
    expect(tokenOf({ ...stored, record: { ...instance, token: 17 } })).toBe(17);
    // No write has a later number than itself: an invented token wins nothing.
    expect(tokenOf({ ...stored, record: { ...instance, token: 9_000_000 } })).toBe(41);
  });
});

describe('the one-line text of a failure', () => {
  test.each([
    [new Fault('bad-name', 'no name'), 'no name'],
    [new SyntaxError('unexpected'), 'unexpected'],
    ['just words', 'just words'],
    [undefined, 'undefined'],
    ['red \u001b[31m and\r\nbroken\u2028off', 'red  [31m and broken off'],
    [{ issues: [{ path: [], message: 'wrong' }] }, 'value: wrong'],
    [
      {
        issues: [
          { path: ['a', 0], message: 'x' },
          { path: ['b'], message: 'y' },
        ],
      },
      'a[0]: x; b: y',
    ],
  ])('for %j is %s', (cause, line) => {
    expect(formatParseError(cause)).toBe(line);
  });
});
