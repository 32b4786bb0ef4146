import type { Mutant } from '../mutant.ts';

export const running: readonly Mutant[] = [
  {
    name: 'revive-on-a-late-beat',
    breaks: 'G3',
    what: 'writes its lapsed lease anew with the next renewal, as if it had held it all along',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        "      if (renewed === 'lost') return 'lost';\n      this.#isRepeat",
        "      if (renewed === 'lost') {\n        await leases.create(this.#key, this.#pendingText, this.#policy.ttl);\n        return 'renewed';\n      }\n      this.#isRepeat",
      ],
    ],
    tests: ['test/runtime/support/lease-keeper.test.ts'],
  },
  {
    name: 'serve-on-a-late-lease',
    breaks: 'G4',
    what: 'takes a lease for held whose acknowledgement took a whole ttl, and never renews it',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [["return 'late';\n    this.#lease", 'void 0;\n    this.#lease']],
    tests: ['test/runtime/support/lease-keeper.test.ts', 'test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'count-from-the-answer',
    breaks: 'G3',
    what: 'counts its lease from the answer, not from when it sent the renewal',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        'this.#lease = { revision: renewed.revision, sent };',
        'this.#lease = { revision: renewed.revision, sent: readClocks(clock) };',
      ],
    ],
    tests: ['test/runtime/support/lease-keeper.test.ts'],
  },
  {
    name: 'one-clock-only',
    breaks: 'G3',
    what: 'counts its lease by the monotonic clock alone: a machine that slept is late',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [
      [
        '  Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);',
        '  clock.monotonic() - then.monotonic;',
      ],
    ],
    tests: ['test/runtime/support/lease-keeper.test.ts'],
  },
  {
    name: 'claim-for-ever',
    breaks: 'G3',
    what: 'claims its lease while no renewal is acknowledged',
    file: 'src/runtime/support/lease-keeper.ts',
    edits: [['    void this.#watchExpiry(renewals.signal);\n', '']],
    tests: ['test/runtime/support/lease-keeper.test.ts'],
  },
  {
    name: 'forget-the-fence',
    breaks: 'G3',
    what: 'writes its instances without the fence on its slot’s record',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [
      [
        'const needsFence = this.#agent && !writes.some((write) => write.key === slot);',
        'const needsFence = this.#agent && writes.length < 0;',
      ],
    ],
    tests: [
      'test/runtime/agent/process-frozen.test.ts',
      'test/runtime/collector/fleet-races.test.ts',
    ],
  },
  {
    name: 'a-second-try-at-a-slot',
    breaks: 'G3',
    what: 'takes a slot again under an id whose first try may have been stored',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [["    if (records.isRunIdSpent) return { type: 'spent' };\n", '']],
    tests: ['test/runtime/agent/lost-replies.test.ts', 'test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'refute-without-lease',
    breaks: 'G6',
    what: 'refutes a suspicion without holding its lease',
    file: 'src/runtime/agent/refute-suspicion.ts',
    edits: [
      ["    if (!hasLease()) return 'lapsed';\n", ''],
      ["return hasLease() ? 'regranted' : 'lapsed';", "return 'regranted';"],
    ],
    tests: ['test/runtime/agent/refute-suspicion.test.ts'],
  },
  {
    name: 'expired-goes-on',
    breaks: 'G3',
    what: 'goes on though its record says that it is expired',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [["    if (read.record.phase === 'expired') return { ended: 'expired' };\n", '']],
    tests: [
      'test/runtime/agent/process-frozen.test.ts',
      'test/runtime/agent/agent-restart.test.ts',
    ],
  },
  {
    name: 'superseded-goes-on',
    breaks: 'G10',
    what: 'goes on though its slot names another run',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [["    if (read.record.run !== this.self.run) return { ended: 'superseded' };\n", '']],
    tests: ['test/runtime/agent/agent-start.test.ts', 'test/runtime/agent/agent-restart.test.ts'],
  },
  {
    name: 'take-from-who-answers',
    breaks: 'G10',
    what: 'takes the slot of a run that answers',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [
      [
        "  if (firstReply === 'no-answer') return waitForLease(record, ports, signal);\n",
        "  if (firstReply === 'no-answer') return waitForLease(record, ports, signal);\n  if (firstReply) return { reason: 'nobody-answers' };\n",
      ],
    ],
    tests: ['test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'lost-writes-unseen',
    breaks: 'G5',
    what: 'does not notice that the store has lost its last writes',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [['    this.instances.clear();\n    return true;\n', '    return false;\n']],
    tests: ['test/runtime/agent/restored-store.test.ts'],
  },
  {
    name: 'older-record-is-stale',
    breaks: 'G5',
    what: 'goes by a record that the store has lost, and is refused for ever',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [
      [
        'const isOvertaken = this.#agent !== before &&',
        'const isOvertaken = this.#agent !== undefined &&',
      ],
    ],
    tests: ['test/runtime/agent/restored-store.test.ts'],
  },
  {
    name: 'take-from-a-twin',
    breaks: 'G10',
    what: 'takes the slot of a process that is gone on this machine, without asking whether its twin lives',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [
      [
        "  if (takeover) return { reason: 'takeover' };\n",
        "  if (ports.processes.isGone(record.process)) return { reason: 'process-gone' };\n  if (takeover) return { reason: 'takeover' };\n",
      ],
    ],
    tests: ['test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'take-despite-renewals',
    breaks: 'G10',
    what: 'takes the slot of a run that renews its lease and does not answer',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [
      [
        "return secondReply === 'no-responders' && !renewed ?",
        "return secondReply === 'no-responders' ?",
      ],
    ],
    tests: ['test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'take-the-unreadable',
    breaks: 'G10',
    what: 'takes a slot that it cannot read though another run’s lease of it stands',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [['return others.length === 0\n', 'return others.length >= 0\n']],
    tests: ['test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'leave-record-first',
    breaks: 'G4',
    what: 'leaves with the record first and instances behind',
    file: 'src/runtime/agent/leave.ts',
    edits: [['return stored.length > removalsPerBatch\n', 'return stored.length < 0\n']],
    tests: ['test/runtime/agent/leave.test.ts'],
  },
  {
    name: 'draining-is-for-ever',
    breaks: 'G9',
    what: 'leaves an instance draining that is reported serving again',
    file: 'src/domain/records/desired-instances.ts',
    edits: [
      ["return wanted.health.state === 'draining'\n", "return record.state === 'draining'\n"],
    ],
    tests: ['test/runtime/agent/drained-instance.test.ts'],
  },
  {
    name: 'check-ends-draining',
    breaks: 'G9',
    what: 'makes a draining instance serving when its check passes',
    file: 'src/runtime/agent/agent.ts',
    edits: [
      [
        "if (desired?.health.state !== 'draining') this.report(spec, result);",
        'if (desired) this.report(spec, result);',
      ],
    ],
    tests: ['test/runtime/agent/drained-instance.test.ts'],
  },
];
