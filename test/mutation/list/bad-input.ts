import type { Mutant } from '../mutant.ts';

export const badInput: readonly Mutant[] = [
  {
    name: 'unreadable-is-thrown',
    breaks: 'G12',
    what: 'ends a sweep at a record that it cannot read',
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
    what: 'ends a replay at an event that it cannot read',
    file: 'src/domain/events/audit-entry.ts',
    edits: [
      ["return { kind: 'illegible', ...position, why: formatParseError(cause) };", 'throw cause;'],
    ],
    tests: ['test/fuzz/events.test.ts', 'test/domain/events/event-schema.test.ts'],
  },
  {
    name: 'depth-without-end',
    breaks: 'G12',
    what: 'reads what it can never write again',
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
    name: 'another-place',
    breaks: 'G12',
    what: 'takes a record for that of its key though it names another place',
    file: 'src/domain/records/stored-record.ts',
    edits: [['  if (isInstanceKey(key, record)) return record;', '  if (key) return record;']],
    tests: ['test/domain/records/stored-record.test.ts'],
  },
];
