import type { Mutant } from '../mutant.ts';

/** Defects of seats, and of what a collector does while it is blind. */
export const seats: readonly Mutant[] = [
  {
    name: 'count-on-after-an-outage',
    breaks: 'G6',
    what: 'counts the time in which it was blind: no silence and no grace begins anew',
    file: 'src/runtime/collector/sweeper.ts',
    edits: [
      [
        '    this.observations.resetClocks();\n    this.#suspicions.clear();',
        '    this.#suspicions.clear();',
      ],
    ],
    tests: ['test/runtime/collector/blind-collector.test.ts'],
  },
  {
    name: 'never-blind',
    breaks: 'G6',
    what: 'judges on though its own lease is not seen renewed',
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [
      [
        '    if (this.#clock.monotonic() - this.#proof.seenAt > blindAfter(this.#policy)) {',
        '    if (this.#proof.seenAt > this.#clock.monotonic()) {',
      ],
    ],
    tests: ['test/runtime/collector/blind-collector.test.ts'],
  },
  {
    name: 'stall-is-nothing',
    breaks: 'G6',
    what: 'judges on after it did not run for a while',
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [['if (elapsed > planned + stalledAfter) return', 'if (elapsed < 0) return']],
    tests: ['test/runtime/collector/blind-collector.test.ts'],
  },
  {
    name: 'seat-need-not-move',
    breaks: 'G4',
    what: 'takes only a seat whose lease the server has ended, and calls any other observed',
    file: 'src/runtime/support/lease-movements.ts',
    edits: [
      [
        '    return read !== undefined && this.#clock.monotonic() - read.at >= unmovedAfter(ttl);',
        '    return read === undefined && this.#clock.monotonic() >= unmovedAfter(ttl);',
      ],
    ],
    tests: ['test/runtime/collector/server-clock-steps.test.ts'],
  },
  {
    name: 'everybody-at-once',
    breaks: 'G7',
    what: 'acts on every run, also when it is the turn of another seat',
    file: 'src/runtime/collector/seat-priority.ts',
    edits: [['    if (rank === 0) return true;', '    if (rank >= 0) return true;']],
    tests: [
      'test/runtime/collector/seat-priority.test.ts',
      'test/runtime/collector/shared-work.test.ts',
    ],
  },
  {
    name: 'nobody-steps-in',
    breaks: 'G4',
    what: 'waits for the first seat for ever',
    file: 'src/runtime/collector/seat-priority.ts',
    edits: [['return now - known.since >= rank * takeoverDelay;', 'return false;']],
    tests: ['test/runtime/collector/seat-priority.test.ts'],
  },
  {
    name: 'sight-of-one-watch',
    breaks: 'G6',
    what: 'judges on though its watch of the registry receives nothing',
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [
      [
        '    if (this.seesRegistry) return undefined;\n',
        '    if (this.#clock) return undefined;\n',
      ],
    ],
    tests: ['test/runtime/collector/blind-watch.test.ts'],
  },
  {
    name: 'blind-keeps-its-seat',
    breaks: 'G4',
    what: 'keeps the seat while it is blind',
    file: 'src/runtime/collector/collector-loop.ts',
    edits: [
      [
        'if (health.blindFor > this.#lease.ttl) this',
        'if (health.blindFor > Number.MAX_VALUE) this',
      ],
    ],
    tests: ['test/runtime/collector/blind-watch.test.ts'],
  },
  {
    name: 'blind-takes-a-seat-again',
    breaks: 'G4',
    what: 'takes a seat although its watches do not work',
    file: 'src/runtime/collector/collector.ts',
    edits: [
      [
        '    if (this.#wasBlind) await untilWatchesWork(',
        '    if (!this.#stop) await untilWatchesWork(',
      ],
    ],
    tests: ['test/runtime/collector/blind-watch.test.ts'],
  },
];
