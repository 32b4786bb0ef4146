import type { Mutant } from '../mutant.ts';

/** Rules about what is lost and needs attention. */
export const losing: readonly Mutant[] = [
  {
    name: 'filter-hides-attention',
    breaks: 'G9',
    what: 'lists only the issues of the agents that a filter shows',
    file: 'src/dashboard/web/screens/fleet/fleet-summary.ts',
    edits: [
      [
        'findIssues({ ...all, troubled, lost, flaps }, fleet)',
        'findIssues({ ...all, troubled, lost: matchOf ? lost.filter((one) => matchOf(one).isFound) : lost, flaps }, fleet)',
      ],
    ],
    tests: ['test/dashboard/web/model/loss-issues.test.ts'],
    unseen: 'no simulated process shows losses',
  },
  {
    name: 'moved-instance-stays-lost',
    breaks: 'G9',
    what: 'counts an instance as lost although another agent registered it since and deregistered it',
    file: 'src/domain/losses/loss-ledger.ts',
    edits: [
      ['name.lostBy = isLoss ? slotOf(of) : undefined;', 'if (isLoss) name.lostBy = slotOf(of);'],
    ],
    tests: ['test/domain/losses/loss-ledger.test.ts'],
    unseen: 'no simulated process shows losses',
  },
  {
    name: 'later-loss-acknowledged',
    breaks: 'G9',
    what: 'hides the later losses of a place whose losses were acknowledged once',
    file: 'src/domain/losses/acknowledged.ts',
    edits: [['loss.since <= one.until && isLostAt(loss, one)', 'isLostAt(loss, one)']],
    tests: ['test/domain/losses/acknowledged.test.ts'],
    unseen: 'no simulated process shows losses',
  },
  {
    name: 'crash-loop-is-no-flap',
    breaks: 'G9',
    what: 'counts no restart of an agent that died',
    file: 'src/domain/policy/flaps.ts',
    edits: [["type === 'superseded' || ", '']],
    tests: ['test/dashboard/history/flap-queries.test.ts'],
  },
  {
    name: 'lost-elsewhere-unseen',
    breaks: 'G9',
    what: 'lists an instance as lost although another agent registered it since and deregistered it',
    file: 'src/runtime/operator/recent-losses.ts',
    edits: [
      ["['*.*.*', encodeSubjectToken(service)", "['no.such.run', encodeSubjectToken(service)"],
    ],
    tests: ['test/runtime/operator/recent-losses.test.ts'],
    unseen: 'no simulated process shows losses',
  },
  {
    name: 'invented-token-counts',
    breaks: 'G11',
    what: 'trusts a token that is larger than the revision of its record',
    file: 'src/domain/records/stored-record.ts',
    edits: [['Math.min(written, revision)', 'written']],
    tests: ['test/domain/records/stored-record.test.ts'],
  },
];
