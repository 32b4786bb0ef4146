import type { Mutant } from '../mutant.ts';

export const removing: readonly Mutant[] = [
  {
    name: 'record-first',
    breaks: 'G4',
    what: 'removes the record with the first batch, before the last instance',
    file: 'src/runtime/collector/execute/remove-instances.ts',
    edits: [
      [
        'instances.slice(from, from + size), last: false }',
        'instances.slice(from, from + size), last: true }',
      ],
    ],
    tests: [
      'test/runtime/collector/run-death.test.ts',
      'test/runtime/collector/manual-collection.test.ts',
    ],
  },
  {
    name: 'no-fence-on-the-slot',
    breaks: 'G1',
    what: 'removes instances of an expired run without the fence on its record',
    file: 'src/runtime/collector/execute/remove-instances.ts',
    edits: [['commitOf(changes, last ? undefined : expired)', 'commitOf(changes)']],
    tests: ['test/runtime/collector/observe/leftover-ages.test.ts'],
  },
  {
    name: 'no-fence-on-leftovers',
    breaks: 'G1',
    what: 'removes leftovers although the record of the slot has changed since',
    file: 'src/runtime/collector/execute/remove-leftovers.ts',
    edits: [['    fences: [fence],\n', '']],
    tests: [
      'test/runtime/collector/observe/leftover-ages.test.ts',
      'test/runtime/collector/fleet-races.test.ts',
    ],
  },
  {
    name: 'unreadable-is-absent',
    breaks: 'G1',
    what: 'treats instances as leftovers because the record of their slot cannot be read',
    file: 'src/domain/collection/leftovers.ts',
    edits: [
      [
        "if (agent?.kind === 'unreadable' || agent?.record",
        "if (agent?.kind === 'stored' && agent.record",
      ],
      [
        "return read.kind === 'stored' && read.record.run !== agent?.record.run;",
        "const run = agent?.kind === 'stored' ? agent.record.run : undefined;\n  return read.kind === 'stored' && read.record.run !== run;",
      ],
    ],
    tests: [
      'test/domain/fleet/fleet.test.ts',
      'test/runtime/collector/observe/leftover-ages.test.ts',
    ],
  },
  {
    name: 'leftover-clock-runs-on',
    breaks: 'G1',
    what: 'does not restart the age of a leftover that was registered again',
    file: 'src/runtime/collector/observe/leftover-ages.ts',
    edits: [
      ['return seen?.revision === stored.revision ? [[stored', 'return seen ? [[stored'],
      ['before?.revision === revision ? before :', 'before ? before :'],
    ],
    tests: ['test/runtime/collector/observe/leftover-ages.test.ts'],
  },
  {
    name: 'delete-unconditionally',
    breaks: 'G2',
    what: 'makes the store remove a key at any revision, not only at the judged one',
    file: 'src/adapters/memory/server/commits.ts',
    edits: [
      [
        'const conditions = [...commit.writes, ...(commit.fences ?? [])];',
        'const conditions = [...commit.writes.filter(({ text }) => text !== undefined), ...(commit.fences ?? [])];',
      ],
    ],
    tests: [
      'test/runtime/collector/fleet-races.test.ts',
      'test/runtime/audit/manual-edits.test.ts',
    ],
  },
  {
    name: 'store-ignores-fences',
    breaks: 'G3',
    what: 'makes the store check no fence',
    file: 'src/adapters/memory/server/commits.ts',
    edits: [
      [
        'const conditions = [...commit.writes, ...(commit.fences ?? [])];',
        'const conditions = commit.writes;',
      ],
    ],
    tests: [
      'test/runtime/collector/fleet-races.test.ts',
      'test/runtime/collector/holds-at-leader.test.ts',
    ],
  },
  {
    name: 'operator-removes-what-lives',
    breaks: 'G2',
    what: 'gc remove does not ask for the lease of the owner',
    file: 'src/runtime/operator/remove-record.ts',
    edits: [
      [
        'if (lease.text === undefined) return undefined;',
        'if (lease.key !== run) return undefined;',
      ],
    ],
    tests: ['test/runtime/operator/remove-record.test.ts'],
  },
];
