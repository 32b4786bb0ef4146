import type { Mutant } from '../mutant.ts';

/** Mutants of a start in one commit. */
export const starting: readonly Mutant[] = [
  {
    name: 'adopt-while-holder-writes',
    breaks: 'G5',
    what: 'lists the instances before it takes the slot of a run that may still register one',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [["  current.kind === 'absent' ||", "  current.kind !== 'unreadable' ||"]],
    tests: ['test/runtime/agent/start-at-once.test.ts'],
  },
  {
    name: 'announced-before-all-are-registered',
    breaks: 'G9',
    what: 'announces a run with the first of several commits of instances',
    file: 'src/runtime/agent/take-slot.ts',
    edits: [['const isComplete = isAll &&', 'const isComplete = changes.length > 0 &&']],
    tests: ['test/runtime/agent/start-at-once.test.ts'],
  },
];
