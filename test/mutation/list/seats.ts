import type { Mutant } from '../mutant.ts';

/** Defects of seats, and of what a collector does while it is blind. */
export const seats: readonly Mutant[] = [
  {
    name: 'count-silence-across-blindness',
    breaks: 'G6',
    what: 'counts the time in which the collector was blind as silence',
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
    what: 'judges although it does not see the renewals of its own lease',
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
    name: 'judge-after-a-stall',
    breaks: 'G6',
    what: 'judges immediately after its process did not run for a while',
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [['if (elapsed > planned + stalledAfter) return', 'if (elapsed < 0) return']],
    tests: ['test/runtime/collector/blind-collector.test.ts'],
  },
  {
    name: 'judge-after-an-answer',
    breaks: 'G6',
    what: 'writes a verdict although its machine was suspended while it waited for an answer',
    file: 'src/runtime/collector/observe/gather-evidence.ts',
    edits: [['    observer.checkSight();\n', '']],
    tests: ['test/runtime/collector/blind-collector.test.ts'],
  },
  {
    name: 'seat-need-not-move',
    breaks: 'G4',
    what: 'takes a seat only after the server has ended its lease, and treats any other seat as held',
    file: 'src/runtime/support/lease-movements.ts',
    edits: [
      [
        '    return read !== undefined && asked - read.at >= unmovedAfter(ttl);',
        '    return read === undefined && asked >= unmovedAfter(ttl);',
      ],
    ],
    tests: ['test/runtime/collector/server-clock-steps.test.ts'],
  },
  {
    name: 'no-turns-between-seats',
    breaks: 'G7',
    what: 'acts on every run, even if it is the turn of another seat',
    file: 'src/runtime/collector/seat-priority.ts',
    edits: [['    if (rank === 0) return true;', '    if (rank >= 0) return true;']],
    tests: [
      'test/runtime/collector/seat-priority.test.ts',
      'test/runtime/collector/shared-work.test.ts',
    ],
  },
  {
    name: 'no-takeover-between-seats',
    breaks: 'G4',
    what: 'waits forever for the first seat',
    file: 'src/runtime/collector/seat-priority.ts',
    edits: [['return now - known.since >= rank * takeoverDelay;', 'return false;']],
    tests: ['test/runtime/collector/seat-priority.test.ts'],
  },
  {
    name: 'sight-of-one-watch',
    breaks: 'G6',
    what: 'judges although its watch of the registry receives nothing',
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
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [
      ['return this.blindFor > this.#policy.ttl;', 'return this.blindFor > Number.MAX_VALUE;'],
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
  {
    name: 'clock-measured-once',
    breaks: 'G6',
    what: 'an agent notices no later step of its clock',
    file: 'src/runtime/agent/watch-clock.ts',
    edits: [['    await clock.sleep(every, signal);', '    return clock.sleep(every, signal);']],
    tests: ['test/runtime/agent/clock/watch-clock.test.ts'],
    unseen: 'its agents do not measure their clocks',
  },
  {
    name: 'refused-commits-unsaid',
    breaks: 'G9',
    what: 'tells consumers that a collector whose commits the store refuses observes the fleet',
    file: 'src/runtime/collector/collector.ts',
    edits: [['return this.#refusedCommits.check();', 'return undefined;']],
    tests: ['test/runtime/collector/observe/refused-commits.test.ts'],
  },
  {
    name: 'refusal-never-forgotten',
    breaks: 'G9',
    what: 'is no observer for ever after a refused commit that is not tried again',
    file: 'src/runtime/support/refused-commits.ts',
    edits: [['if (now - refused.at > forgottenAfter) {', 'if (now < 0) {']],
    tests: ['test/runtime/collector/observe/refused-commits.test.ts'],
  },
];
