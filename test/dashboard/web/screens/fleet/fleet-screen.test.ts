import { describe, expect, test } from 'vitest';
import type { AgentModel } from '../../../../../src/dashboard/web/model/agent-model.ts';
import { mostCells } from '../../../../../src/dashboard/web/model/group-agents.ts';
import { agentsText } from '../../../../../src/dashboard/web/screens/fleet/fleet-summary.ts';
import { counted, hold, instance, present, rollOf, run, tell } from '../../support/sample-fleet.ts';

const suspect = present('live', 'suspect');
const live = present('live');
const silent = { why: 'silent', ttl: 15_000, grace: 30_000 } as const;

const only = (slots: readonly AgentModel[]): AgentModel => {
  const [slot, ...more] = slots;
  if (!slot || more.length > 0) throw new Error(`${slots.length} slots where one was meant`);
  return slot;
};

describe('the fleet', () => {
  test('an agent shows its current run, even if an earlier run ended later', () => {
    const fleet = rollOf([
      { entity: run('h', 'a', 1), state: 'superseded', since: 9000 },
      { entity: run('h', 'a', 2), state: live, since: 5000 },
    ]);
    expect(only(fleet.slots())).toMatchObject({ status: 'live', host: 'h', agent: 'a' });
  });

  test('an agent shows its previous run in the past, and none before the first', () => {
    const fleet = rollOf([
      { entity: run('h', 'a', 1), state: 'superseded' },
      { entity: run('h', 'a', 2), state: live },
    ]);
    tell(fleet, [
      { entity: run('h', 'a', 1), state: live },
      { entity: run('h', 'a', 2), state: null },
    ]);
    expect(only(fleet.slots()).entityState.entity).toEqual(run('h', 'a', 1));
    tell(fleet, [{ entity: run('h', 'a', 1), state: null }]);
    expect(fleet.slots()).toEqual([]);
  });

  test.each([
    ['an instance of a live run is live', live, 'serving', 'live', ''],
    ['its check fails: failing', live, 'failing', 'failing', 'refused'],
    ['of a suspect run: dubious, for the run’s reason', suspect, 'serving', 'dubious', 'silent'],
    ['of a suspect run, failing too: dubious goes before', suspect, 'failing', 'dubious', 'silent'],
    ['of an expired run: dubious until it is removed', 'expired', 'serving', 'dubious', 'silent'],
    ['of a run without a record: an orphan', 'superseded', 'serving', 'dubious', 'orphan'],
  ])('%s', (_, owner, state, status, reason) => {
    const fleet = rollOf([
      { entity: run('h'), state: owner, note: { why: 'silent' } },
      { entity: instance('h', 'w1'), state, note: { why: 'refused' } },
    ]);
    expect(only(fleet.slots()).instances).toMatchObject([{ status, reason }]);
  });

  test('an instance of another run than the one in the record is superseded', () => {
    const fleet = rollOf([
      { entity: run('h', 'a', 2), state: live },
      { entity: instance('h', 'w1', 'a', 1), state: 'serving' },
    ]);
    expect(only(fleet.slots()).instances).toMatchObject([
      { status: 'dubious', reason: 'superseded' },
    ]);
  });

  test('a removed or adopted instance is not shown', () => {
    const fleet = rollOf([
      { entity: run('h'), state: live },
      { entity: instance('h', 'w1'), state: 'removed' },
      { entity: instance('h', 'w2'), state: 'adopted' },
    ]);
    expect(only(fleet.slots()).instances).toEqual([]);
  });

  test('instances are sorted by name, including later ones', () => {
    const fleet = rollOf([
      { entity: run('h'), state: live },
      { entity: instance('h', 'w10'), state: 'serving' },
      { entity: instance('h', 'w2'), state: 'serving' },
    ]);
    expect(only(fleet.slots()).instances.map(({ id }) => id)).toEqual(['w2', 'w10']);
    tell(fleet, [{ entity: instance('h', 'w3'), state: 'serving' }]);
    expect(only(fleet.slots()).instances.map(({ id }) => id)).toEqual(['w2', 'w3', 'w10']);
  });

  test('silence is planned during a hold and not after it', () => {
    const fleet = rollOf([
      { entity: run('h'), state: suspect, note: silent },
      { entity: hold('h'), state: 'planned', note: { until: 99_000 } },
    ]);
    expect(only(fleet.slots()).reason).toBe('planned');
    tell(fleet, [{ entity: hold('h'), state: 'over' }]);
    expect(only(fleet.slots()).reason).toBe('silent');
  });

  test('an unchanged agent stays the same object, and agents are sorted by name in numeric order', () => {
    const fleet = rollOf(['h10', 'h2', 'h1'].map((host) => ({ entity: run(host), state: live })));
    const before = fleet.slots().slice();
    expect(before.map(({ host }) => host)).toEqual(['h1', 'h2', 'h10']);
    tell(fleet, [{ entity: run('h2'), state: suspect }]);
    const after = fleet.slots();
    expect(after.map((slot, n) => slot === before[n])).toEqual([true, false, true]);
  });
});

test('the agents that are there are counted apart from those that ended', () => {
  const fleet = rollOf([
    { entity: run('h1'), state: live },
    { entity: run('h2'), state: suspect },
    { entity: run('h3'), state: 'expired' },
    { entity: run('h4'), state: 'gone' },
    { entity: run('h5'), state: 'left' },
    { entity: run('h6'), state: 'left' },
  ]);
  const text = (given: typeof fleet) => {
    const { agents, states } = counted(given);
    return agentsText(agents, states);
  };
  expect(text(fleet)).toBe('3 agents, 2 left, 1 gone');
  expect(text(rollOf([{ entity: run('h1'), state: live }]))).toBe('1 agent');
  expect(text(rollOf([]))).toBe('0 agents');
});

describe('the list of issues', () => {
  test('is empty if all agents are live', () => {
    const fleet = rollOf([{ entity: run('h'), state: live }]);
    expect(counted(fleet).issues.first(9)).toEqual([]);
  });

  test('has expired runs first, then suspect ones, then what was lost, then failing instances', () => {
    const fleet = rollOf([
      { entity: run('h1'), state: live },
      { entity: instance('h1', 'w'), state: 'failing' },
      { entity: run('h2'), state: suspect, note: silent },
      { entity: run('h3'), state: 'expired' },
      { entity: run('h4'), state: live },
      { entity: instance('h4', 'w4'), state: 'serving' },
    ]);
    expect(
      counted(fleet)
        .issues.first(9)
        .map(({ status }) => status),
    ).toEqual(['expired', 'suspect', 'lost', 'failing']);
  });

  test('has one issue for a host whose agents are all silent, and one per agent otherwise', () => {
    const both = ['a', 'b'].map((agent) => ({
      entity: run('h', agent),
      state: suspect,
      note: silent,
    }));
    const fleet = rollOf(both);
    expect(counted(fleet).issues.first(9)).toMatchObject([{ title: 'h', status: 'suspect' }]);
    tell(fleet, [{ entity: run('h', 'c'), state: live }]);
    expect(
      counted(fleet)
        .issues.first(9)
        .map(({ title }) => title),
    ).toEqual(['h/a', 'h/b']);
  });

  test('shows that leftovers of a superseded run are removed after a ttl and a grace', () => {
    const fleet = rollOf([
      { entity: run('h'), state: 'superseded', since: 1000, note: silent },
      { entity: instance('h', 'w'), state: 'serving' },
      { entity: run('h2'), state: live },
      { entity: instance('h2', 'w2'), state: 'serving' },
    ]);
    expect(counted(fleet).issues.first(9)).toMatchObject([{ status: 'superseded', at: 46_000 }]);
  });
});

describe('the fleet grid', () => {
  const many = (count: number) =>
    rollOf(
      Array.from({ length: count }, (_, n) => ({
        entity: run(`h${n}`),
        state: n === 3 ? suspect : live,
      })),
    );

  test.each([
    [mostCells - 1, mostCells - 1],
    [mostCells, mostCells],
    [mostCells + 1, 1],
  ])('with %i agents shows %i cells and counts the hidden healthy ones', (count, cells) => {
    const groups = counted(many(count), { by: 'zone' }).groups.first(9);
    const drawn = groups.reduce((sum, { slots }) => sum + slots.length, 0);
    const hidden = groups.reduce((sum, one) => sum + one.hidden, 0);
    expect([drawn, hidden]).toEqual([cells, count - cells]);
  });

  test('shows all agents on request', () => {
    const { groups } = counted(many(mostCells + 1), { all: true });
    expect(groups.first(9).map(({ hidden }) => hidden)).toEqual(Array(9).fill(0));
    expect(groups).toMatchObject({ count: mostCells + 1, cells: mostCells + 1 });
  });

  test('counts every agent and every instance once', () => {
    const fleet = rollOf([
      { entity: run('h1'), state: live },
      { entity: instance('h1', 'w1'), state: 'serving' },
      { entity: instance('h1', 'w2'), state: 'draining' },
      { entity: run('h2'), state: suspect },
      { entity: run('h3'), state: 'left' },
    ]);
    const { states, instances } = counted(fleet);
    expect(states).toEqual([
      ['live', 1],
      ['suspect', 1],
      ['left', 1],
    ]);
    expect(Object.fromEntries(instances)).toMatchObject({ live: 1, draining: 1, dubious: 0 });
  });

  test('is filtered by host, agent, service and state, and every term must match', () => {
    const fleet = rollOf([
      { entity: run('web-1', 'proxy'), state: live },
      { entity: run('db-1', 'pg'), state: suspect },
      { entity: instance('db-1', 'main', 'pg'), state: 'serving' },
    ]);
    const found = (text: string) =>
      counted(fleet, { text })
        .groups.first(9)
        .map(({ name }) => name);
    expect(found('PROXY')).toEqual(['web-1']);
    expect(found('web/main')).toEqual(['db-1']);
    expect(found('db suspect')).toEqual(['db-1']);
    expect(found('db proxy')).toEqual([]);
    expect(found('state:suspect')).toEqual(['db-1']);
    expect(found('state:dubious')).toEqual(['db-1']);
    expect(found('service:web host:db*')).toEqual(['db-1']);
    expect(found('service:we')).toEqual([]);
    expect(found('stat:dubious')).toEqual([]);
  });

  test('shows an ended agent for an hour, and longer if it has instances', () => {
    const fleet = rollOf([{ entity: run('h'), state: 'left', since: 0 }]);
    const agents = (at: number) => counted(fleet, { at, old: false }).agents;
    expect(agents(3_599_999)).toBe(1);
    expect(agents(3_600_000)).toBe(0);
    tell(fleet, [{ entity: instance('h', 'w'), state: 'serving' }]);
    expect(agents(3_600_000)).toBe(1);
  });
});
