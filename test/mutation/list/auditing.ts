import type { Mutant } from '../mutant.ts';

export const auditing: readonly Mutant[] = [
  {
    name: 'events-without-hash-links',
    breaks: 'G8',
    what: 'writes events without the hash of the event before',
    file: 'src/runtime/transitions/record-change.ts',
    edits: [
      [
        '    ...(lost !== undefined && lost > 0 && { lost }),\n    prev,',
        '    ...(lost !== undefined && lost > 0 && { lost }),\n    prev: null,',
      ],
    ],
    tests: ['test/runtime/audit/verify.test.ts', 'test/runtime/audit/verifier/chain-index.test.ts'],
  },
  {
    name: 'event-numbers-repeat',
    breaks: 'G8',
    what: 'gives all events of a run the same number',
    file: 'src/runtime/transitions/run-changes.ts',
    edits: [
      [
        '  const body = { ...rest, n: stored.record.n + 1 };',
        '  const body = { ...rest, n: stored.record.n };',
      ],
    ],
    tests: ['test/runtime/audit/verify.test.ts', 'test/runtime/collector/run-death.test.ts'],
  },
  {
    name: 'predecessor-chain-not-ended',
    breaks: 'G8',
    what: 'takes a slot over without ending the chain of the run that held it',
    file: 'src/runtime/transitions/run-changes.ts',
    edits: [['...(ended ? [ended] : []), started', 'started']],
    tests: [
      'test/runtime/agent/agent-start.test.ts',
      'test/runtime/audit/verify.test.ts',
      'test/runtime/agent/agent-restart.test.ts',
    ],
  },
  {
    name: 'gap-unseen',
    breaks: 'G8',
    what: 'verifies a history with a missing event',
    file: 'src/runtime/audit/verifier/check-event.ts',
    edits: [['  if (event.n !== next) return [gap(next, event.n)];\n', '']],
    tests: ['test/runtime/audit/verify-tampering.test.ts'],
  },
  {
    name: 'hash-unseen',
    breaks: 'G8',
    what: 'verifies a history with a changed event',
    file: 'src/runtime/audit/verifier/check-event.ts',
    edits: [
      ['  if (event.prev === chain.hash) return [];', '  if (event.prev !== undefined) return [];'],
    ],
    tests: ['test/runtime/audit/verify-changed-events.test.ts'],
  },
  {
    name: 'unauthorized-removal-unseen',
    breaks: 'G1',
    what: 'verifies the removal of an instance of a live run',
    file: 'src/runtime/audit/verifier/check-author.ts',
    edits: [
      [
        "if (owner === undefined || hasEnded(owner) || event['why'] === 'orphan') return undefined;",
        'if (event) return undefined;',
      ],
    ],
    tests: ['test/runtime/audit/verify-authors.test.ts'],
  },
  {
    name: 'end-unseen',
    breaks: 'G8',
    what: 'verifies a registry from which a record was removed by hand',
    file: 'src/runtime/audit/verifier/check-chain-end.ts',
    edits: [
      [
        'if (record === null || previous === undefined || previous.run === of.run) return undefined;',
        'if (event) return undefined;',
      ],
    ],
    tests: [
      'test/runtime/audit/verify-records.test.ts',
      'test/runtime/audit/verify-tampering.test.ts',
    ],
  },
  {
    name: 'late-end-removes-new-record',
    breaks: 'G8',
    what: 'lets a late end of an earlier run remove the record of the present run',
    file: 'src/domain/replay/fold.ts',
    edits: [['    if (this.#records.get(key)?.run !== run) return undefined;\n', '']],
    tests: ['test/runtime/audit/fold.test.ts'],
  },
  {
    name: 'changed-keyframe-accepted',
    breaks: 'G8',
    what: 'continues from a keyframe that differs from its signature',
    file: 'src/runtime/audit/keyframes/codec.ts',
    edits: [
      [
        'return decoder.digest === digest ? checkpoint : undefined;',
        "return digest === '' ? undefined : checkpoint;",
      ],
    ],
    tests: ['test/runtime/audit/verify-keyframes.test.ts'],
  },
  {
    name: 'signature-unseen',
    breaks: 'G8',
    what: 'accepts an event whose signature is wrong',
    file: 'src/runtime/audit/verifier/signature-checker.ts',
    edits: [
      [
        'if (isSigned && !isSignedBy(recorded, this.#check, this.#hash))',
        'if (isSigned && !isSignedBy(recorded, () => true, this.#hash))',
      ],
    ],
    tests: ['test/runtime/audit/verify-signatures.test.ts'],
  },
  {
    name: 'root-unseen',
    breaks: 'G8',
    what: 'accepts every event that has the signature of a commit that was checked before',
    file: 'src/runtime/audit/verifier/signature-checker.ts',
    edits: [['const question = [key, sig, text].join();', 'const question = [key, sig].join();']],
    tests: ['test/runtime/audit/verify-commits.test.ts'],
  },
  {
    name: 'commit-size-unsigned',
    breaks: 'G8',
    what: 'signs the events of a commit without their number',
    file: 'src/domain/events/shared-signature.ts',
    edits: [["['events', size, root].join(' ')", "['events', size < 0, root].join(' ')"]],
    tests: [
      'test/runtime/audit/verify-commits.test.ts',
      'test/domain/events/shared-signature.test.ts',
    ],
  },
  {
    name: 'missing-of-a-commit-unseen',
    breaks: 'G8',
    what: 'accepts a commit of which events are missing',
    file: 'src/runtime/audit/verifier/incomplete-commits.ts',
    edits: [
      ['.filter(({ commit }) => commit < this.#commit)', '.filter(({ commit }) => commit < 0)'],
    ],
    tests: ['test/runtime/audit/verify-commits.test.ts'],
  },
  {
    name: 'foreign-key-accepted',
    breaks: 'G8',
    what: 'accepts an event that is signed with another key than the one its author introduced',
    file: 'src/runtime/audit/verifier/signature-checker.ts',
    edits: [['if (known !== undefined && known !== key)', 'if (known !== undefined && seq < 0)']],
    tests: ['test/runtime/audit/verify-signatures.test.ts'],
  },
  {
    name: 'written-unsigned',
    breaks: 'G8',
    what: 'writes events without a signature',
    file: 'src/runtime/transitions/seal-changes.ts',
    edits: [
      [
        'sealTogether(all, signer, ofSigner[0]?.author.ports.hash)',
        'sealTogether(all, undefined, ofSigner[0]?.author.ports.hash)',
      ],
    ],
    tests: ['test/runtime/audit/verify-signatures.test.ts'],
  },
  {
    name: 'anchor-unseen',
    breaks: 'G8',
    what: 'accepts a history that was rewritten since an anchor',
    file: 'src/runtime/audit/anchors/anchor-checker.ts',
    edits: [['if (anchor.digest !== digest) {', 'if (anchor.seq < 0) {']],
    tests: ['test/runtime/audit/anchors/anchors.test.ts'],
  },
  {
    name: 'cut-off-unseen',
    breaks: 'G8',
    what: 'accepts a history that ends before an anchor',
    file: 'src/runtime/audit/anchors/anchor-checker.ts',
    edits: [
      [
        'for (const anchor of this.#pending.splice(0)) {',
        'for (const anchor of this.#pending.splice(0, 0)) {',
      ],
    ],
    tests: ['test/runtime/audit/anchors/anchors.test.ts'],
  },
  {
    name: 'history-after-anchors-accepted',
    breaks: 'G8',
    what: 'accepts a history that begins after all anchors',
    file: 'src/runtime/audit/anchors/anchor-checker.ts',
    edits: [['if (last === undefined || isResumed ||', 'if (last !== undefined || isResumed ||']],
    tests: ['test/runtime/audit/anchors/anchors.test.ts'],
  },
  {
    name: 'lost-tail-replayed',
    breaks: 'G8',
    what: 'replays what the registry lost, also for moments after the loss',
    file: 'src/runtime/audit/replay.ts',
    edits: [
      [
        'for (const turn of this.#losses.leave(seq, origin)) {',
        'for (const turn of this.#losses.leave(-1, origin * seq)) {',
      ],
    ],
    tests: ['test/runtime/audit/replay-losses.test.ts'],
  },
  {
    name: 'token-unseen',
    breaks: 'G8',
    what: 'accepts any term and token in a history',
    file: 'src/runtime/audit/verifier/check-record.ts',
    edits: [
      [
        'if (expected === undefined || found === expected) return [];',
        'if (found !== null) return [];',
      ],
    ],
    tests: ['test/runtime/audit/verify-forged-events.test.ts'],
  },
  {
    name: 'forged-subject-is-an-event',
    breaks: 'G8',
    what: 'takes an event that an agent wrote under its own subject for one of another entity',
    file: 'src/domain/events/audit-entry.ts',
    edits: [['subject !== eventSubject(event.of, event.n)', 'false']],
    tests: ['test/domain/events/foreign-subject.test.ts'],
  },
];
