import type { Mutant } from '../mutant.ts';

export const viewing: readonly Mutant[] = [
  {
    name: 'strict-hands-out-the-dubious',
    breaks: 'G9',
    what: 'hands dubious instances to who asked for live ones only',
    file: 'src/domain/fleet/pick.ts',
    edits: [
      [
        "    case 'strict':\n      return live;",
        "    case 'strict':\n      return [...live, ...dubious];",
      ],
    ],
    tests: ['test/domain/fleet/pick.test.ts'],
  },
  {
    name: 'empty-for-silence',
    breaks: 'G9',
    what: 'hands out nothing where all hosts of a service fell silent',
    file: 'src/domain/fleet/pick.ts',
    edits: [['return live.length * 2 < staying ? [...live, ...dubious] : live;', 'return live;']],
    tests: ['test/domain/fleet/pick.test.ts'],
  },
  {
    name: 'first-registration-counts',
    breaks: 'G11',
    what: 'takes the first of two registrations of one name',
    file: 'src/domain/fleet/active-registration.ts',
    edits: [['rival.token > latest.token', 'rival.token < latest.token']],
    tests: ['test/domain/fleet/directory-rows-contested.test.ts'],
  },
  {
    name: 'the-dead-win',
    breaks: 'G11',
    what: 'lets an expired owner’s registration count',
    file: 'src/domain/fleet/active-registration.ts',
    edits: [['!isOwnerOver(rival)', 'rival !== undefined']],
    tests: ['test/domain/fleet/directory-rows-contested.test.ts'],
  },
  {
    name: 'first-batch-counts-as-all',
    breaks: 'G9',
    what: 'drops what a restarted agent has not adopted yet',
    file: 'src/domain/fleet/pick.ts',
    edits: [["if (row.successor === 'live') continue;", 'if (row.successor !== null) continue;']],
    tests: ['test/domain/fleet/pick-adopted-in-parts.test.ts'],
  },
  {
    name: 'restart-ends-a-registration',
    breaks: 'G11',
    what: 'lets an older registration count while a restarted agent adopts the latest one',
    file: 'src/domain/fleet/active-registration.ts',
    edits: [["agent.phase !== 'registering'", 'true']],
    tests: ['test/domain/fleet/directory-rows-contested.test.ts'],
  },
  {
    name: 'unreadable-is-orphan',
    breaks: 'G12',
    what: 'tells consumers of an orphan where it only cannot read',
    file: 'src/domain/fleet/instance-status.ts',
    edits: [
      [
        "if (agent === 'unreadable') return { reason: 'unobserved', since };",
        "if (agent === 'unreadable') return { reason: 'orphan', since };",
      ],
    ],
    tests: ['test/domain/fleet/directory-rows.test.ts'],
  },
  {
    name: 'observed-by-nobody',
    breaks: 'G9',
    what: 'does not say that nobody watches',
    file: 'src/domain/fleet/instance-status.ts',
    edits: [
      ["return isObserved ? undefined : { reason: 'unobserved', since };", 'return undefined;'],
    ],
    tests: ['test/domain/fleet/directory-rows.test.ts'],
  },
  {
    name: 'token-of-the-last-write',
    breaks: 'G11',
    what: 'gives an instance a new token with every write',
    file: 'src/domain/events/apply-transition.ts',
    edits: [['token: before.token || revision,', 'token: revision,']],
    tests: ['test/domain/events/apply-transition.test.ts'],
  },
  {
    name: 'resume-in-another-history',
    breaks: 'G9',
    what: 'resumes a watch of a stream that lost its tail and grew past it',
    file: 'src/adapters/nats/read/same-history.ts',
    edits: [["      return isSame ? witness.seq : 'other';", '      return witness.seq;']],
    tests: ['test/adapters/nats/read/same-history.test.ts'],
    unseen: 'the simulation plays the memory adapter',
  },
  {
    name: 'resume-in-another-memory',
    breaks: 'G9',
    what: 'resumes a watch in memory of a stream that lost its tail',
    file: 'src/adapters/memory/server/watch.ts',
    edits: [['    if (result.history !== history) {', '    if (result.history < history) {']],
    tests: [
      'test/adapters/memory/server/watch.test.ts',
      'test/runtime/directory/restored-store.test.ts',
    ],
  },
  {
    name: 'regrown-is-fresh',
    breaks: 'G9',
    what: 'calls a watch fresh whose stream lost its tail and grew again',
    file: 'src/adapters/nats/read/freshness-check.ts',
    edits: [
      [
        '    if (!isUnchanged && (await this.#leader.hasOtherHistory())) return otherHistory;\n',
        '    if (!isUnchanged && info === undefined) return otherHistory;\n',
      ],
    ],
    tests: ['test/adapters/nats/read/freshness-check.test.ts'],
    unseen: 'the simulation plays the memory adapter',
  },
  {
    name: 'corrected-silently',
    breaks: 'G9',
    what: 'replaces a view that was wrong and tells nobody',
    file: 'src/domain/fleet/missed-entries.ts',
    edits: [['if (!explained.has(key)) missed.push(key);', 'if (key === "") missed.push(key);']],
    tests: [
      'test/domain/fleet/missed-entries.test.ts',
      'test/runtime/directory/restored-store.test.ts',
    ],
    unseen: 'it changes no view, only the log and a metric',
  },
];
