import { expect, test } from 'vitest';
import {
  AccessState,
  addMember,
  finishRotation,
  revokeMember,
  rotateMember,
  withRevocations,
} from '../../../src/composition/access/access-state.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';

const namespace = Namespace.parse('fleet');
const agent = { namespace, role: 'agent', name: 'h1' } as const;
const empty: AccessState = {
  v: 1,
  servers: ['nats://n1:4222'],
  serverConfig: '/x/nats-access.conf',
  reload: [],
  systemKeys: [`U${'A'.repeat(55)}`],
  members: [],
};

test('a member that is added again keeps its key and gets other services only if they are given', () => {
  const first = addMember(empty, agent, ['web']);
  expect(first.seed).toMatch(/^SU[A-Z2-7]{56}$/);
  const again = addMember(first.state, agent, ['db']);
  expect(again.seed).toBeUndefined();
  expect(again.state.members).toEqual([{ ...agent, services: ['db'], keys: first.member.keys }]);
  expect(addMember(again.state, agent).state).toEqual(again.state);
  const all = addMember(again.state, agent, 'all');
  expect(all.state.members[0]?.services).toBeUndefined();
});

test('the same name in another role or namespace is another member', () => {
  const { state } = addMember(empty, agent);
  const { state: both } = addMember(state, { ...agent, role: 'consumer' });
  const other = Namespace.parse('other');
  const { state: three } = addMember(both, { ...agent, namespace: other });
  expect(new Set(three.members.flatMap(({ keys }) => keys)).size).toBe(3);
});

test('a member has two valid keys while its key is rotated, and never three', () => {
  const added = addMember(empty, agent);
  const [first] = added.member.keys;
  const once = rotateMember(added.state, agent);
  expect(once.member.keys).toEqual([expect.stringMatching(/^U/), first]);
  const twice = rotateMember(once.state, agent);
  expect(twice.member.keys).toEqual([expect.stringMatching(/^U/), once.member.keys[0]]);
  const finished = finishRotation(twice.state, agent);
  expect(finished.member.keys).toEqual([twice.member.keys[0]]);
  expect(AccessState.parse(finished.state)).toEqual(finished.state);
});

test('a member that is revoked has no key left, and cannot be revoked again', () => {
  const added = addMember(empty, agent);
  const { state } = revokeMember(added.state, agent);
  expect(state.members).toEqual([]);
  for (const change of [revokeMember, rotateMember, finishRotation]) {
    expect(() => change(state, agent)).toThrow("there is no agent 'h1' in namespace 'fleet'");
  }
});

test('a key that ended is revoked once and for ever in operator mode', () => {
  const operator: AccessState = { ...empty, operator: { revocations: [] } };
  const { state: added, member } = addMember(operator, agent);
  const rotated = withRevocations(added, rotateMember(added, agent).state, 1500);
  expect(rotated.operator?.revocations).toEqual([]);
  const finished = withRevocations(rotated, finishRotation(rotated, agent).state, 1500);
  const first = { account: 'rollcall-fleet-agent-h1', key: member.keys[0], until: 2 };
  expect(finished.operator?.revocations).toEqual([first]);
  const revoked = withRevocations(finished, revokeMember(finished, agent).state, 9000);
  const again = withRevocations(revoked, addMember(revoked, agent).state, 20_000);
  expect(again.operator?.revocations).toEqual([
    first,
    { ...first, key: finished.members[0]?.keys[0], until: 9 },
  ]);
  expect(withRevocations(added, empty, 1).operator).toBeUndefined();
});
