import type { Mutant } from '../mutant.ts';

/** Mutants of a start in one commit. */
export const starting: readonly Mutant[] = [
  {
    name: 'adopt-while-holder-writes',
    breaks: 'G5',
    what: 'does not list the instances again after it took the slot of a run that may have registered one since',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [['      if (!isListed || !isFree(current)) records.forgetInstances();\n', '']],
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
  {
    name: 'prepared-for-other-instances',
    breaks: 'G9',
    what: 'sends the commit that it prepared, although other instances are desired since',
    file: 'src/runtime/agent/prepared-commit.ts',
    edits: [
      ['if (prepared.desired.get(key) !== wanted) return undefined;', '{ void key; void wanted; }'],
      [
        'if (prepared?.desired.size !== desired.size) return undefined;\n',
        'if (!prepared) return undefined;\n',
      ],
    ],
    tests: ['test/runtime/agent/prepared-commit.test.ts'],
  },
  {
    name: 'prepared-twice',
    breaks: 'G9',
    what: 'prepares the commit that is under way once more',
    file: 'src/runtime/agent/prepared-commit.ts',
    edits: [['    written.has(key) || ', '    ']],
    tests: ['test/runtime/agent/prepared-commit.test.ts'],
  },
];
