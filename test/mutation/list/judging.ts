import type { Mutant } from '../mutant.ts';

export const judging: readonly Mutant[] = [
  {
    name: 'suspect-with-lease',
    breaks: 'G6',
    what: 'suspects a run of silence although its lease exists at the leader',
    file: 'src/domain/collection/judge.ts',
    edits: [
      ["return isOver(lease) ? { do: 'suspect'", "return lease !== 'unread' ? { do: 'suspect'"],
    ],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'skip-the-grace',
    breaks: 'G6',
    what: 'expires a suspect at once, without its grace',
    file: 'src/domain/collection/judge.ts',
    edits: [["  if (suspectFor < policy.grace) return { do: 'wait', why: 'grace' };\n", '']],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'expire-with-unknown-lease',
    breaks: 'G6',
    what: 'expires a suspect although its lease could not be read',
    file: 'src/domain/collection/judge.ts',
    edits: [
      [
        "  if (lease === 'unknown' || hold === 'unknown') return { do: 'wait', why: 'not-known' };\n",
        '',
      ],
    ],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'expire-a-suspect-with-lease',
    breaks: 'G6',
    what: 'expires a suspect although its lease exists',
    file: 'src/domain/collection/judge.ts',
    edits: [
      [
        "return isOver(lease) ? { do: 'expire' } : { do: 'wait', why: 'lease-stands' };",
        "return { do: 'expire' };",
      ],
    ],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'expire-a-suspect-that-answers',
    breaks: 'G6',
    what: 'expires a suspect that answers',
    file: 'src/domain/collection/judge.ts',
    edits: [["  if (probe === 'answered') return { do: 'wait', why: 'answers' };\n", '']],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'no-answer-is-unreachable',
    breaks: 'G6',
    what: 'treats a process that does not answer as gone',
    file: 'src/domain/collection/judge.ts',
    edits: [
      [
        "return probe === 'no-responders' ? { do: 'suspect'",
        "return probe !== 'answered' ? { do: 'suspect'",
      ],
    ],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'ignore-the-hold',
    breaks: 'G6',
    what: 'expires a run that is on hold',
    file: 'src/domain/collection/judge.ts',
    edits: [["  if (hold === 'stands') return { do: 'wait', why: 'planned' };\n", '']],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'ignore-the-brake',
    breaks: 'G9',
    what: 'expires at any pace while the brake is on',
    file: 'src/domain/collection/judge.ts',
    edits: [["  if (brake === 'waits') return { do: 'wait', why: 'brake' };\n", '']],
    tests: ['test/domain/collection/judge-run.test.ts'],
  },
  {
    name: 'leftover-at-once',
    breaks: 'G1',
    what: 'removes a leftover without waiting for the grace',
    file: 'src/domain/collection/judge.ts',
    edits: [['if (leftoverFor < ttl + grace)', 'if (leftoverFor < ttl)']],
    tests: ['test/domain/collection/judge-leftover.test.ts'],
  },
  {
    name: 'leftover-of-the-leased',
    breaks: 'G1',
    what: 'removes a leftover whose owner holds its lease',
    file: 'src/domain/collection/judge.ts',
    edits: [
      [
        "return isOver(lease) ? { do: 'remove' } : { do: 'wait', why: 'lease-stands' };",
        "return { do: 'remove' };",
      ],
    ],
    tests: ['test/domain/collection/judge-leftover.test.ts'],
  },
  {
    name: 'brake-never-trips',
    breaks: 'G9',
    what: 'never brakes, however many runs of a zone are silent',
    file: 'src/domain/collection/brake.ts',
    edits: [
      [
        "suspect > fraction * seen ? 'trip' : 'keep'",
        "suspect > fraction * seen ? 'keep' : 'keep'",
      ],
    ],
    tests: ['test/domain/collection/brake.test.ts'],
  },
  {
    name: 'brake-for-the-planned',
    breaks: 'G9',
    what: 'counts silence under a hold for the brake',
    file: 'src/domain/collection/brake.ts',
    edits: [['if (record.suspect && !announced)', 'if (record.suspect)']],
    tests: ['test/domain/collection/brake.test.ts'],
  },
];
