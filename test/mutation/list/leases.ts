import type { Mutant } from '../mutant.ts';

/** Defects in how a process renews and claims its lease. */
export const leases: readonly Mutant[] = [
  {
    name: 'recreate-lapsed-lease',
    breaks: 'G3',
    what: 'creates its lapsed lease again at the next renewal, as if it had never lapsed',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        "      if (renewed === 'lost') return 'lost';\n      this.#isRepeat",
        "      if (renewed === 'lost') {\n        await leases.create(this.#key, this.#pendingText, this.#policy.ttl);\n        return 'renewed';\n      }\n      this.#isRepeat",
      ],
    ],
    tests: ['test/runtime/support/leases/lease-keeper.test.ts'],
  },
  {
    name: 'serve-on-a-late-lease',
    breaks: 'G4',
    what: 'treats a lease as held although its acknowledgement took a whole ttl, and never renews it',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [["return 'late';\n    this.#lease", 'void 0;\n    this.#lease']],
    tests: [
      'test/runtime/support/leases/lease-keeper.test.ts',
      'test/runtime/agent/agent-start.test.ts',
    ],
  },
  {
    name: 'count-from-the-answer',
    breaks: 'G3',
    what: 'counts its lease from the answer, not from when the renewal was sent',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        'this.#lease = { revision: renewed.revision, sent };',
        'this.#lease = { revision: renewed.revision, sent: readClocks(clock) };',
      ],
    ],
    tests: ['test/runtime/support/leases/lease-keeper.test.ts'],
  },
  {
    name: 'one-clock-only',
    breaks: 'G3',
    what: 'counts its lease by the monotonic clock only, which does not run while a machine sleeps',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        '  Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);',
        '  clock.monotonic() - then.monotonic;',
      ],
    ],
    tests: ['test/runtime/support/leases/lease-keeper.test.ts'],
  },
  {
    name: 'claim-unrenewed-lease',
    breaks: 'G3',
    what: 'claims its lease although no renewal is acknowledged',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [['    this.#tasks.run(this.#watchExpiry(renewals.signal));\n', '']],
    tests: ['test/runtime/support/leases/lease-keeper.test.ts'],
  },
  {
    name: 'claim-by-an-old-answer',
    breaks: 'G10',
    what: 'takes the slot of a live run after it stood still between the answer about its lease and the claim',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [
      ['movements.isUnmoved(lease, record.ttl, asked)', 'movements.isUnmoved(lease, record.ttl)'],
    ],
    tests: ['test/runtime/stalled-reads.test.ts'],
  },
  {
    name: 'judge-by-an-old-answer',
    breaks: 'G6',
    what: 'calls a lease unmoved after it stood still between the answer about it and the verdict',
    file: 'src/runtime/collector/observe/gather-evidence.ts',
    edits: [['observations.isUnmoved(entry, ttl, asked)', 'observations.isUnmoved(entry, ttl)']],
    tests: ['test/runtime/collector/observe/gather-evidence.test.ts'],
  },
];
