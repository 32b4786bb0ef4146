import type { Mutant } from '../mutant.ts';

export const collecting: readonly Mutant[] = [
  {
    name: 'count-silence-from-before-blindness',
    breaks: 'G6',
    what: 'counts silence from the last renewal, even one from before the collector was blind',
    file: 'src/runtime/collector/observe/lease-observations.ts',
    edits: [['Math.max(lastSeen, this.#startedAt)', 'lastSeen']],
    tests: ['test/runtime/collector/observe/lease-observations.test.ts'],
  },
  {
    name: 'grace-by-wall-clocks',
    breaks: 'G6',
    what: 'measures the grace by two wall clocks: its own and that of the collector that suspected the run',
    file: 'src/runtime/collector/sweeper.ts',
    edits: [
      [
        '    const counted = this.#ports.clock.monotonic() - this.observations.startedAt;\n    return Math.min(counted, this.#suspicions.ageOf(record, onHold));',
        '    return onHold ? 0 : this.#ports.clock.wall() - (record.suspect?.since ?? 0);',
      ],
    ],
    tests: [
      'test/runtime/agent/server-outage.test.ts',
      'test/runtime/agent/process-frozen.test.ts',
      'test/runtime/collector/blind-collector.test.ts',
    ],
  },
  {
    name: 'lease-before-record',
    breaks: 'G6',
    what: 'reads the lease before the record that it judges',
    file: 'src/runtime/collector/observe/gather-evidence.ts',
    edits: [
      [
        '  const judged: RecordRead<AgentRecord> = readAgent(',
        '  const early = await readLease(known.record, ports);\n  const judged: RecordRead<AgentRecord> = readAgent(',
      ],
      ['lease: await readMovingLease(record, observer.observations, ports),', 'lease: early,'],
    ],
    tests: ['test/runtime/collector/observe/gather-evidence.test.ts'],
  },
  {
    name: 'no-fence-on-holds',
    breaks: 'G6',
    what: 'expires a run without a fence on the absence of a hold and of the brake',
    file: 'src/runtime/collector/observe/gather-evidence.ts',
    edits: [
      [
        '    fences: fences.map(({ key, expectedRevision }) => ({ key, expectedRevision })),',
        '    fences: [],',
      ],
    ],
    tests: [
      'test/runtime/collector/holds-at-leader.test.ts',
      'test/runtime/collector/holds.test.ts',
    ],
  },
  {
    name: 'one-probe-only',
    breaks: 'G6',
    what: 'declares a run unreachable after one probe, so a reconnect has no time',
    file: 'src/runtime/collector/observe/gather-evidence.ts',
    edits: [['  await clock.sleep(Math.min(reconnectDelay, timeLeft()), signal);\n', '']],
    tests: [
      'test/runtime/collector/fast-suspicion.test.ts',
      'test/runtime/collector/observe/recent-disconnects.test.ts',
    ],
  },
  {
    name: 'renewal-from-before-blindness',
    breaks: 'G6',
    what: 'sees again because of a renewal from before it was blind',
    file: 'src/runtime/collector/observe/observer-health.ts',
    edits: [['    this.#proof = { ...this.#proof, above: this.#lease.keeper.revision };\n', '']],
    tests: ['test/runtime/collector/observe/observer-health.test.ts'],
  },
  {
    name: 'mass-disconnect-is-believed',
    breaks: 'G6',
    what: 'believes each of many connections that close at the same time',
    file: 'src/runtime/collector/observe/recent-disconnects.ts',
    edits: [['if (!isCrowd(there, at, rule)) {', 'if (!isCrowd(there, at, rule) || at >= 0) {']],
    tests: ['test/runtime/collector/observe/recent-disconnects.test.ts'],
  },
  {
    name: 'brake-without-pace',
    breaks: 'G9',
    what: 'lets every run through a brake that is on',
    file: 'src/runtime/collector/execute/zone-brakes.ts',
    edits: [['    if (now - pacing.since < pace) return 0;\n', '']],
    tests: ['test/runtime/collector/execute/zone-brakes.test.ts'],
  },
  {
    name: 'brake-not-rewritten',
    breaks: 'G9',
    what: 'lets a run through without rewriting the brake, so each seat has its own pace',
    file: 'src/runtime/collector/execute/zone-brakes.ts',
    edits: [
      [
        '    return { writes: [change.write], events: change.events };\n  }\n\n  /**\n   * How many connections',
        '    return undefined;\n  }\n\n  /**\n   * How many connections',
      ],
    ],
    tests: [
      'test/runtime/collector/execute/zone-brakes.test.ts',
      'test/runtime/collector/execute/brake-records.test.ts',
    ],
  },
  {
    name: 'end-holds-early',
    breaks: 'G6',
    what: 'ends each hold that it sees',
    file: 'src/runtime/collector/sweeper.ts',
    edits: [[" || judgeEnd(record.until, clocks) !== 'over') return false;", ') return false;']],
    tests: ['test/runtime/collector/holds.test.ts'],
  },
  {
    name: 'hold-by-own-clock',
    breaks: 'G6',
    what: 'ends a hold by its own wall clock only',
    file: 'src/domain/collection/hold-end.ts',
    edits: [
      ["  if (server === undefined || !clocksAgree(own - server)) return 'unsure';\n", ''],
      ['  return server >= until && own >= until', '  return (server ?? 0) >= 0 && own >= until'],
    ],
    tests: ['test/runtime/collector/hold-clocks.test.ts'],
  },
  {
    name: 'hold-by-server-clock',
    breaks: 'G6',
    what: 'ends a hold by the clock of the server only',
    file: 'src/domain/collection/hold-end.ts',
    edits: [
      [
        "  if (server === undefined || !clocksAgree(own - server)) return 'unsure';\n",
        "  if (server === undefined) return 'unsure';\n",
      ],
      ['  return server >= until && own >= until', '  return server >= until'],
    ],
    tests: ['test/runtime/collector/hold-clocks.test.ts'],
  },
  {
    name: 'lease-need-not-move',
    breaks: 'G4',
    what: 'counts a lease as valid for as long as the server keeps it',
    file: 'src/runtime/collector/observe/lease-observations.ts',
    edits: [
      [
        '    return this.timeSinceRenewal(key, asked) >= unmovedAfter(ttl);',
        '    return this.timeSinceRenewal(key, asked) >= unmovedAfter(ttl) * 1e6;',
      ],
    ],
    tests: ['test/runtime/collector/server-clock-steps.test.ts'],
  },
  {
    name: 'unmoved-at-once',
    breaks: 'G6',
    what: 'counts a lease as absent as soon as it is not renewed for one ttl',
    file: 'src/domain/policy/lease-policy.ts',
    edits: [['(ttl: Millis): Millis => 2 * ttl;', '(ttl: Millis): Millis => ttl / 4;']],
    tests: [
      'test/runtime/collector/observe/lease-observations.test.ts',
      'test/runtime/collector/server-clock-steps.test.ts',
    ],
  },
  {
    name: 'only-changes-are-judged',
    breaks: 'G5',
    what: 'judges only runs that change while it watches, not those in its first view',
    file: 'src/runtime/collector/sweeper.ts',
    edits: [['    this.#leftovers.restart(this.#view.fleet);\n', '']],
    tests: [
      'test/runtime/collector/observe/leftover-ages.test.ts',
      'test/runtime/audit/manual-edits.test.ts',
      'test/runtime/collector/collectors.test.ts',
    ],
  },
  {
    name: 'no-ttl-after-a-hold',
    breaks: 'G6',
    what: 'expires a run one grace after the end of a hold, without the ttl before it',
    file: 'src/runtime/collector/observe/suspicion-ages.ts',
    edits: [['      lastOnHold + record.ttl,\n', '      lastOnHold,\n']],
    tests: ['test/runtime/collector/holds.test.ts'],
  },
  {
    name: 'failed-task-is-forgotten',
    breaks: 'G4',
    what: 'goes on after an unforeseen failure of a task as if nothing had happened',
    file: 'src/runtime/collector/collector-loop.ts',
    edits: [['Promise.race([Promise.all(parts), this.sweeper.failure])', 'Promise.all(parts)']],
    tests: ['test/runtime/collector/unforeseen-failures.test.ts'],
  },
  {
    name: 'failed-task-ends-the-program',
    breaks: 'G4',
    what: 'leaves an unforeseen failure of a task unhandled, which ends the program around it',
    file: 'src/runtime/collector/execute/in-flight.ts',
    edits: [['    this.#unforeseen.run(running);\n', '']],
    tests: ['test/runtime/collector/unforeseen-failures.test.ts'],
  },
];
