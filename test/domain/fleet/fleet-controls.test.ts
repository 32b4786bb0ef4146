import { describe, expect, test } from 'vitest';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { FleetControls } from '../../../src/domain/fleet/fleet-controls.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { defaultFleetPolicy, FleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import { PolicyRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { brakeEntry, holdEntry } from '../support/sample-fleet.ts';
import { agentEntry, agentRecord, slotOf } from '../support/sample-records.ts';

const until = Date.UTC(2030, 0, 1);
const onHost = holdEntry('h1', { until });
const onAgent = holdEntry('h1/a', { until });
const gone = (entry: KeyValueEntry): KeyValueEntry => ({ ...entry, revision: 99, text: undefined });
const unreadable = (entry: KeyValueEntry): KeyValueEntry => ({
  ...entry,
  revision: 50,
  text: '{"v":99}',
});
const policyOf = (change: Partial<FleetPolicy>): KeyValueEntry => ({
  key: 'policy',
  revision: 7,
  text: JSON.stringify(
    PolicyRecord.parse({
      ...{ v: 1, run: 'abcdefgh', state: 'standing', since: 0, n: 1, hash: 'ab'.repeat(32) },
      policy: FleetPolicy.parse(change),
      by: { host: 'desk', agent: 'operator', run: 'operator1' },
    }),
  ),
});

function given(...entries: readonly KeyValueEntry[]): FleetControls {
  const state = new FleetControls();
  for (const entry of entries) expect(state.take(entry)).toBe(true);
  return state;
}
const isOnHold = (state: FleetControls, agent: string): boolean =>
  state.holdOn(slotOf(agent)) !== undefined;

describe('a hold', () => {
  test.each([
    ['its host', onHost, { 'h1/a': true, 'h1/b': true, 'h2/a': false, 'h1.a/b': false }],
    ['its agent', onAgent, { 'h1/a': true, 'h1/b': false, 'h2/a': false }],
    ['its host, unreadable', unreadable(onHost), { 'h1/a': true, 'h1/b': true, 'h2/a': false }],
    ['its agent, unreadable', unreadable(onAgent), { 'h1/a': true, 'h1/b': false }],
    ['its host, removed', gone(onHost), { 'h1/a': false, 'h1/b': false }],
  ])('on %s covers exactly the agents below it', (_, hold, covers) => {
    const state = given(hold);
    for (const [agent, covered] of Object.entries(covers)) {
      expect(isOnHold(state, agent)).toBe(covered);
    }
  });

  test('that is removed leaves what another hold covers on hold', () => {
    const both = given(onHost, onAgent);
    expect(both.holdOn(slotOf('h1/a'))?.key).toBe(onAgent.key);
    both.take(gone(onAgent));
    expect([isOnHold(both, 'h1/a'), isOnHold(both, 'h1/b')]).toEqual([true, true]);
    both.take(gone(onHost));
    expect(isOnHold(both, 'h1/a')).toBe(false);
  });

  test('is found by names with special characters', () => {
    const { host, agent } = slotOf('a.b é/*>');
    const covering = { key: holdKey(host, agent), revision: 1, text: 'what' };
    expect(given(covering).holdOn({ host, agent })?.kind).toBe('unreadable');
  });

  test('under the key of another host is unreadable, and covers that host', () => {
    const state = given({ ...onHost, key: 'hold.h2' });
    expect(state.holdOn(slotOf('h2/a'))?.kind).toBe('unreadable');
    expect(isOnHold(state, 'h1/a')).toBe(false);
  });

  test('is listed as a hold only while it can be read', () => {
    const state = given(onHost, unreadable(onAgent), holdEntry('h2', { until }));
    expect([...state.holds()].map(({ key }) => key)).toEqual(['hold.h1', 'hold.h2']);
    expect([...state.unreadable()].map(({ key }) => key)).toEqual(['hold.h1.a']);
  });
});

describe('a brake', () => {
  const zone = ZoneName.parse('r1');
  const on = brakeEntry('r1', { seen: 10, suspect: 4 });

  test('applies to its zone alone until it is released', () => {
    const state = given(on);
    expect(state.brakeOf(zone)).toMatchObject({ kind: 'stored', record: { suspect: 4 } });
    expect(state.brakeOf(ZoneName.parse('r2'))).toBeUndefined();
    state.take(gone(on));
    expect([...state.brakes()]).toEqual([]);
  });

  test('that is unreadable still applies, and is reported', () => {
    const state = given(unreadable(on));
    expect(state.brakeOf(zone)?.kind).toBe('unreadable');
    expect([...state.unreadable()].map(({ key }) => key)).toEqual(['brake.r1']);
  });
});

describe('the policy', () => {
  test('is the default without a policy record', () => {
    const state = given();
    expect([state.policy, state.policyRecord]).toEqual([defaultFleetPolicy, undefined]);
  });

  test('has the values of the policy record', () => {
    const state = given(policyOf({ seats: 5 }));
    expect(state.policy.seats).toBe(5);
    expect(state.policy.brake).toEqual(defaultFleetPolicy.brake);
  });

  test('is the default when the policy record is unreadable or removed', () => {
    for (const entry of [unreadable(policyOf({ seats: 5 })), gone(policyOf({ seats: 5 }))]) {
      expect(given(policyOf({ seats: 5 }), entry).policy).toEqual(defaultFleetPolicy);
    }
    expect([...given(unreadable(policyOf({}))).unreadable()]).toHaveLength(1);
    expect([...given(gone(policyOf({}))).unreadable()]).toEqual([]);
  });
});

test.each([
  'hold',
  'hold.',
  'hold.h1.a.b',
  'brake',
  'brake.',
  'brake.r1.r2',
  'policy.x',
  'agent.h1.a',
])('the key %s is not one that the fleet controls read', (key) => {
  expect(new FleetControls().take({ key, revision: 1, text: '{}' })).toBe(false);
});

test('a snapshot replaces all fleet controls', () => {
  const fleet = new Fleet();
  fleet.apply([onHost, brakeEntry('r1', { seen: 9, suspect: 4 }), policyOf({ seats: 9 })], 9);
  fleet.replace([], 10);
  const state = fleet.controls;
  expect(isOnHold(state, 'h1/a')).toBe(false);
  expect([...state.brakes(), ...state.holds(), ...state.unreadable()]).toEqual([]);
  expect(state.policy).toEqual(defaultFleetPolicy);
});

test('a hold that is set or released touches the slots that it covers', () => {
  const fleet = new Fleet();
  const agents = ['h1/a', 'h1/b', 'h2/a', 'h11/a'].map((target) => agentRecord(target, 'run1'));
  fleet.apply(
    agents.map((record, n) => agentEntry(n + 1, record)),
    4,
  );
  expect([...fleet.apply([onHost], 5)].sort()).toEqual(['h1.a', 'h1.b']);
  expect([...fleet.apply([onAgent], 6)]).toEqual(['h1.a']);
  expect([...fleet.apply([gone(onHost)], 7)].sort()).toEqual(['h1.a', 'h1.b']);
});
