import { decode } from '@nats-io/jwt';
import { expect, test } from 'vitest';
import type { Member } from '../../../../src/adapters/nats/access/member.ts';
import { newUserKey } from '../../../../src/adapters/nats/access/nkeys.ts';
import {
  credentialsOf,
  operatorConfig,
} from '../../../../src/adapters/nats/access/operator-config.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

interface Claims {
  readonly exports?: readonly { readonly subject: string }[];
  readonly signing_keys?: readonly { readonly template: { readonly pub: { allow: string[] } } }[];
  readonly revocations?: Readonly<Record<string, number>>;
}

const namespace = Namespace.parse('default');
const { key, seed } = newUserKey();
const agent: Member = { namespace, role: 'agent', name: 'h1', keys: [key] };
const members: readonly Member[] = [
  agent,
  { namespace, role: 'consumer', name: 'c', keys: [] },
  { namespace, role: 'auditor', name: 'a', keys: [] },
];

function keyring() {
  const keys = new Map<string, string>();
  return (name: string, make: () => string) => {
    const kept = keys.get(name) ?? make();
    keys.set(name, kept);
    return kept;
  };
}

/** The claims of each account of a configuration, by name. */
const accountsOf = (config: string): ReadonlyMap<string, Claims> =>
  new Map(
    [...config.matchAll(/# (\S+)\n\s+\w+: (\S+)/g)].map(([, name = '', token = '']) => [
      name,
      decode<Claims>(token).nats,
    ]),
  );

test('an account in operator mode exports no part of another export', async () => {
  const accounts = accountsOf(await operatorConfig(members, keyring(), []));
  const subjects = accounts.get('rollcall-default')?.exports?.map(({ subject }) => subject) ?? [];
  const all = '$JS.API.CONSUMER.CREATE.KV_rollcall_default_registry.>';
  expect(subjects.filter((subject) => subject.startsWith(all.slice(0, -1)))).toEqual([all]);
  expect(new Set(subjects).size).toBe(subjects.length);
});

test('the permissions of a member are in the token of its account, and not in its credentials', async () => {
  const keys = keyring();
  const creds = await credentialsOf(agent, seed, keys);
  const token = /(ey\S+)/.exec(creds)?.[1] ?? '';
  expect(decode<Claims>(token).nats).not.toHaveProperty('pub');
  const account = accountsOf(await operatorConfig(members, keys, [])).get(
    'rollcall-default-agent-h1',
  );
  const allowed = account?.signing_keys?.[0]?.template.pub.allow;
  expect(allowed).toContain('$KV.rollcall_default_registry.agent.h1.*');
});

test('a revoked key is in the token of its account, and the operator keeps its token', async () => {
  const keys = keyring();
  const revoked = [{ account: 'rollcall-default-agent-h1', key, until: 5 }];
  const before = await operatorConfig(members, keys, []);
  const after = await operatorConfig(members, keys, revoked);
  const account = accountsOf(after).get('rollcall-default-agent-h1');
  expect(account?.revocations).toEqual({ [key]: 5 });
  const operator = (config: string) => /^operator: (.+)$/m.exec(config)?.[1];
  expect(operator(after)).toBe(operator(before));
});
