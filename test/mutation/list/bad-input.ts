import type { Mutant } from '../mutant.ts';

export const badInput: readonly Mutant[] = [
  {
    name: 'unreadable-is-thrown',
    breaks: 'G12',
    what: 'ends a sweep at an unreadable record',
    file: 'src/domain/records/stored-record.ts',
    edits: [
      [
        "return { kind: 'unreadable', key, revision, why: formatParseError(cause) };",
        'throw cause;',
      ],
    ],
    tests: ['test/domain/records/stored-record.test.ts'],
  },
  {
    name: 'illegible-is-thrown',
    breaks: 'G12',
    what: 'ends a replay at an unreadable event',
    file: 'src/domain/events/audit-entry.ts',
    edits: [
      ["return { kind: 'illegible', ...position, why: formatParseError(cause) };", 'throw cause;'],
    ],
    tests: ['test/fuzz/events.test.ts', 'test/domain/events/event-schema.test.ts'],
  },
  {
    name: 'unlimited-nesting-depth',
    breaks: 'G12',
    what: 'reads nesting so deep that it cannot be written again',
    file: 'src/domain/json.ts',
    edits: [
      [
        '  if (text.length >= 2 * deepest && isDeeper(value, deepest)) {',
        '  if (text.length < 0 && isDeeper(value, deepest)) {',
      ],
    ],
    tests: ['test/domain/json.test.ts'],
  },
  {
    name: 'record-of-another-key',
    breaks: 'G12',
    what: 'accepts a record that names another key than its own',
    file: 'src/domain/records/stored-record.ts',
    edits: [['  if (isInstanceKey(key, record)) return record;', '  if (key) return record;']],
    tests: ['test/domain/records/stored-record.test.ts'],
  },
  {
    name: 'unreadable-is-written',
    breaks: 'G12',
    what: 'writes an instance that no process can read, again and again',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [["if (read.kind !== 'unreadable') return;", 'if (read) return;']],
    tests: ['test/runtime/agent/not-valid.test.ts'],
  },
  {
    name: 'any-client-asks-dns',
    breaks: 'G12',
    what: 'answers DNS questions of machines that are in no allowed network',
    file: 'src/adapters/doors/dns/dns-door.ts',
    edits: [["isRefused(client) ? bare('REFUSED') : zone.answer(query)", 'zone.answer(query)']],
    tests: ['test/adapters/doors/dns/client-networks.test.ts'],
    unseen: 'no simulated process answers DNS',
  },
];
