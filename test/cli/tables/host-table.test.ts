import { describe, expect, it } from 'vitest';
import { hostRows } from '../../../src/cli/tables/host-table.ts';
import { agentRow, instanceRow } from '../support/sample-rows.ts';

describe('a host', () => {
  it('has the best state of its agents', () => {
    const agents = [
      agentRow({ agent: 'a', state: 'expired', reason: 'silent' }),
      agentRow({ agent: 'b', state: 'live', since: 20 }),
      agentRow({ agent: 'c', state: 'suspect', reason: 'silent' }),
    ];
    expect(hostRows(agents, [])).toEqual([
      {
        host: 'h1',
        state: 'live',
        reason: null,
        since: 20,
        agents: { expired: 1, live: 1, suspect: 1 },
        instances: {},
      },
    ]);
  });

  it('with only suspect agents is suspect since the latest of them', () => {
    const agents = [
      agentRow({ agent: 'a', state: 'suspect', reason: 'silent', since: 10 }),
      agentRow({ agent: 'b', state: 'suspect', reason: 'unreachable', since: 30 }),
    ];
    expect(hostRows(agents, [])).toMatchObject([
      { state: 'suspect', reason: 'unreachable', since: 30 },
    ]);
  });

  it('with only leftovers is gone', () => {
    const rows = hostRows([], [instanceRow({ state: 'dubious', reason: 'orphan', since: 4 })]);
    expect(rows).toMatchObject([
      { state: 'gone', reason: 'orphan', since: 4, agents: {}, instances: { dubious: 1 } },
    ]);
  });

  it('counts only its own agents and instances, and hosts are sorted', () => {
    const rows = hostRows(
      [agentRow({ host: 'b' }), agentRow({ host: 'a' })],
      [
        instanceRow({ host: 'a' }),
        instanceRow({ host: 'b', state: 'failing' }),
        instanceRow({ host: 'b' }),
      ],
    );
    expect(rows.map(({ host, instances }) => [host, instances])).toEqual([
      ['a', { live: 1 }],
      ['b', { failing: 1, live: 1 }],
    ]);
  });
});
