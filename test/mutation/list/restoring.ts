import type { Mutant } from '../mutant.ts';

export const restoring: readonly Mutant[] = [
  {
    name: 'lost-tail-unseen',
    breaks: 'G11',
    what: 'writes into sequences that a lost registry has used',
    file: 'src/domain/store-history/store-loss.ts',
    edits: [
      ['  if (registry.last >= known) return undefined;', '  if (known >= 0) return undefined;'],
    ],
    tests: [
      'test/domain/store-history/store-loss.test.ts',
      'test/adapters/memory/store-history.test.ts',
    ],
  },
  {
    name: 'repeated-copy-is-an-event',
    breaks: 'G8',
    what: 'reads events twice that the server copied again from a restored registry',
    file: 'src/adapters/nats/history/repeated-copies.ts',
    edits: [
      [
        '      if (isNew || !(await this.#isRepeated(event()))) kept.push(delivered);',
        '      if (isNew || event().seq > 0) kept.push(delivered);',
      ],
    ],
    tests: ['test/integration/restores/restored-while-running.test.ts'],
    needs: 'nats-server',
    unseen: 'its audit recognises the copies itself',
  },
  {
    name: 'gap-in-the-audit-unseen',
    breaks: 'G8',
    what: 'trims the outbox although the audit lost events',
    file: 'src/domain/store-history/store-loss.ts',
    edits: [
      [
        "  return originAtMark === trimmed.origin ? undefined : 'audit-lost-tail';",
        '  return undefined;',
      ],
    ],
    tests: ['test/domain/store-history/store-loss.test.ts'],
  },
  {
    name: 'trim-up-to-the-last-event',
    breaks: 'G8',
    what: 'removes events from the outbox that the audit lacks',
    file: 'src/adapters/memory/server/store-history.ts',
    edits: [
      [
        '  const proven = lacking < 0 ? waiting : waiting.slice(0, lacking);',
        '  const proven = waiting;',
      ],
    ],
    tests: ['test/adapters/memory/store-history.test.ts'],
    unseen: 'no process there writes before the registry is repaired',
  },
  {
    name: 'unreached-events-stay',
    breaks: 'G8',
    what: 'leaves events in the outbox that the audit never reaches',
    file: 'src/adapters/memory/server/store-history.ts',
    edits: [
      [
        '      if (auditSeqOf(server, message) > 0) continue;',
        '      if (message.seq > 0) continue;',
      ],
    ],
    tests: ['test/adapters/memory/store-history.test.ts'],
    unseen: 'every process there repairs the registry before it writes',
  },
  {
    name: 'verify-undone-events',
    breaks: 'G8',
    what: 'verifies the history behind a lost tail as if the tail were there',
    file: 'src/domain/store-history/loss-timeline.ts',
    edits: [["      else if (to !== undefined) yield { kind: 'back', to };\n", '']],
    tests: ['test/domain/store-history/loss-timeline.test.ts'],
    unseen: 'no seed runs the verification after a restore',
  },
  {
    name: 'old-list-is-believed',
    breaks: 'G8',
    what: 'puts into a keyframe what the registry had before the last events',
    file: 'src/runtime/audit/keyframes/complete-from-registry.ts',
    edits: [['    listed.filter(({ key }) => !changed.has(key)),', '    listed,']],
    tests: ['test/runtime/audit/keyframes/gap-keyframes.test.ts'],
    unseen: 'nothing changes while its collectors list the registry',
  },
  {
    name: 'later-record-needs-no-event',
    breaks: 'G8',
    what: 'signs a record that was written after the gap without an event',
    file: 'src/runtime/audit/keyframes/check-registry-records.ts',
    edits: [['    if (entry.revision >= begun) {', '    if (entry.revision < 0) {']],
    tests: ['test/runtime/audit/keyframes/gap-keyframes.test.ts'],
    unseen: 'nobody writes records by hand in it',
  },
  {
    name: 'keyframe-of-lost-events-stays',
    breaks: 'G8',
    what: 'keeps a keyframe of events that the audit lost, because one that signed it is left',
    file: 'src/runtime/audit/keyframes/gap-watch.ts',
    edits: [['    if (seq > keyframe) signed.add(keyframe);', '    signed.add(keyframe);']],
    tests: ['test/runtime/audit/keyframes/gap-keyframes.test.ts'],
    unseen: 'its collectors make no keyframe so soon',
  },
  {
    name: 'gap-never-ends',
    breaks: 'G8',
    what: 'does not compare what was before a gap, also behind the keyframe after it',
    file: 'src/runtime/audit/verify.ts',
    edits: [['      else await this.#leaveGap(stored.seq);\n', '']],
    tests: ['test/runtime/audit/keyframes/gap-keyframes.test.ts'],
    unseen: 'its collectors make no keyframe so soon',
  },
  {
    name: 'backup-by-own-clock',
    breaks: 'G8',
    what: 'trims the outbox during a backup if the clock of the collector is ahead',
    file: 'src/adapters/nats/outbox/trim-outbox.ts',
    edits: [
      [
        '  return copying > 0 && copying > (await natsServerTime(connection, auditStream, within).now());',
        '  return copying > 0 && copying > (auditStream && connection && within ? Date.now() : 0);',
      ],
    ],
    tests: ['test/integration/restores/backup-pause.test.ts'],
    needs: 'nats-server',
    unseen: 'it makes no backup',
  },
];
