import type { Mutant } from '../mutant.ts';

export const running: readonly Mutant[] = [
  {
    name: 'instances-without-fence',
    breaks: 'G3',
    what: 'writes its instances without a fence on the record of its slot',
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
    name: 'reuse-run-id-for-a-slot',
    breaks: 'G3',
    what: 'takes a slot again with a run id whose first attempt may have been stored',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [["    if (records.isRunIdSpent) return { type: 'spent' };\n", '']],
    tests: ['test/runtime/agent/lost-replies.test.ts', 'test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'refute-without-lease',
    breaks: 'G6',
    what: 'refutes a suspicion without a lease',
    file: 'src/runtime/agent/refute-suspicion.ts',
    edits: [
      ["    if (!hasLease()) return 'lapsed';\n", ''],
      ["return hasLease() ? 'regranted' : 'lapsed';", "return 'regranted';"],
    ],
    tests: ['test/runtime/agent/refute-suspicion.test.ts'],
  },
  {
    name: 'serve-after-expiry',
    breaks: 'G3',
    what: 'serves although its record says that it is expired',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [["    if (read.record.phase === 'expired') return { ended: 'expired' };\n", '']],
    tests: [
      'test/runtime/agent/process-frozen.test.ts',
      'test/runtime/agent/agent-restart.test.ts',
    ],
  },
  {
    name: 'serve-after-takeover',
    breaks: 'G10',
    what: 'serves although the record of its slot names another run',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [
      [
        "    if (read.record.run !== this.self.run)\n      return { ended: isOfEarlierTerm(read, before) ? 'absent' : 'superseded' };\n",
        '',
      ],
    ],
    tests: ['test/runtime/agent/agent-start.test.ts', 'test/runtime/agent/agent-restart.test.ts'],
  },
  {
    name: 'take-slot-of-answering-run',
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
    edits: [['    this.forgetInstances();\n    return true;\n', '    return false;\n']],
    tests: ['test/runtime/agent/restored-store.test.ts'],
  },
  {
    name: 'own-removal-is-forgotten',
    breaks: 'G8',
    what: 'forgets that a removal was its own if it checks its records before the answer arrives',
    file: 'src/runtime/agent/owned-records.ts',
    edits: [
      ['if (text !== undefined || wasMine)', 'if (text !== undefined)'],
      [
        'if (wasMine && write.text === undefined)',
        "if (this.instances.get(write.key)?.kind === 'stored' && write.text === undefined)",
      ],
    ],
    tests: ['test/runtime/agent/owned-records.test.ts'],
  },
  {
    name: 'older-record-is-stale',
    breaks: 'G5',
    what: 'keeps a record that the store has lost, so its writes are refused forever',
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
    name: 'take-slot-of-cloned-host',
    breaks: 'G10',
    what: 'takes the slot of a process that is gone on this machine, without probing a clone of the machine',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [
      [
        "  if (takeover) return { reason: 'takeover' };\n",
        "  if (ports.processes.isGone(record.process)) return { reason: 'process-gone' };\n  if (takeover) return { reason: 'takeover' };\n",
      ],
    ],
    tests: ['test/runtime/agent/restored-machine.test.ts'],
  },
  {
    name: 'take-slot-of-renewing-run',
    breaks: 'G10',
    what: 'takes the slot of a run that renews its lease but does not answer',
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
    name: 'take-unreadable-slot',
    breaks: 'G10',
    what: 'takes a slot whose record it cannot read, although another run has a lease for it',
    file: 'src/runtime/agent/claim-slot.ts',
    edits: [['return others.length === 0\n', 'return others.length >= 0\n']],
    tests: ['test/runtime/agent/agent-start.test.ts'],
  },
  {
    name: 'leave-record-first',
    breaks: 'G4',
    what: 'removes its own record before its instances when it leaves',
    file: 'src/runtime/agent/leave.ts',
    edits: [['return stored.length > removalsPerBatch\n', 'return stored.length < 0\n']],
    tests: ['test/runtime/agent/leave.test.ts'],
  },
  {
    name: 'taken-port-ends-a-process',
    breaks: 'G9',
    what: 'ends the process whose port for metrics another program uses',
    file: 'src/adapters/http-server/open-patiently.ts',
    edits: [['onFailure(cause, isFirst);', 'throw cause;']],
    tests: ['test/adapters/http-server/open-patiently.test.ts'],
  },
  {
    name: 'failed-collector-stays-off',
    breaks: 'G4',
    what: 'does not start the collector of an agent again after it failed or was refused',
    file: 'src/runtime/agent/background-collector.ts',
    edits: [['await clock.sleep(pause * (0.5 + entropy.fraction()), signal);', 'return;']],
    tests: ['test/runtime/agent/background-collector.test.ts'],
  },
  {
    name: 'draining-never-ends',
    breaks: 'G9',
    what: 'keeps an instance draining that is reported serving again',
    file: 'src/domain/records/desired-instances.ts',
    edits: [
      ["return wanted.health.state === 'draining'\n", "return record.state === 'draining'\n"],
    ],
    tests: ['test/runtime/agent/instances/drained-instance.test.ts'],
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
    tests: ['test/runtime/agent/instances/drained-instance.test.ts'],
  },
  {
    name: 'task-fails-unheard',
    breaks: 'G4',
    what: 'loses the failure of a task that nothing waits for',
    file: 'src/runtime/support/background-failure.ts',
    edits: [['task.catch(this.#failed.reject);', 'task.catch(() => {});']],
    tests: ['test/runtime/agent/unforeseen-failures.test.ts'],
  },
  {
    name: 'lease-outlives-its-run',
    breaks: 'G4',
    what: 'renews the lease of a run that ended by an unforeseen failure, so that the slot stays blocked',
    file: 'src/runtime/agent/session.ts',
    edits: [['      await this.#keeper.close().catch(() => {});\n', '']],
    tests: ['test/runtime/agent/unforeseen-failures.test.ts'],
  },
  {
    name: 'write-without-end',
    breaks: 'G7',
    what: 'writes an instance again at once after each write that is stored',
    file: 'src/runtime/agent/reconcile.ts',
    edits: [["    if (outcome === 'committed') notePace(records, next, ports);\n", '']],
    tests: ['test/runtime/agent/instances/writes-without-end.test.ts'],
  },
];
