import { describe, expect, it } from 'vitest';
import { inboxPrefixOf, roles } from '../../../../src/adapters/nats/access/member.ts';
import {
  capabilitiesOf,
  compareWithRole,
  memberOfInbox,
} from '../../../../src/adapters/nats/access/rights-check.ts';
import { permissionsOf } from '../../../../src/adapters/nats/access/role-rights.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const namespace = Namespace.parse('fleet');
const wanted = (role: (typeof roles)[number], name = 'h.1') => ({ namespace, role, name });
const rightsOf = (of: ReturnType<typeof wanted> & { services?: readonly string[] }) => {
  const { publish, subscribe } = permissionsOf({ ...of, keys: [] });
  const rule = (allow: readonly string[]) => ({ allow, deny: [] });
  return { user: 'u', account: 'A', publish: rule(publish), subscribe: rule(subscribe) };
};
const everything = {
  ...{ user: 'u', account: 'A' },
  publish: { allow: undefined, deny: [] },
  subscribe: { allow: undefined, deny: [] },
};

describe('the rights of a login', () => {
  it.each(roles)('of a %s are exactly those of its role', (role) => {
    expect(compareWithRole(rightsOf(wanted(role)), wanted(role))).toEqual({
      missing: [],
      excess: [],
    });
  });

  it('of an agent that is bound to services are exactly those of such an agent', () => {
    const bound = { ...wanted('agent'), services: ['web', 'a.b'] };
    expect(compareWithRole(rightsOf(bound), wanted('agent'))).toEqual({ missing: [], excess: [] });
  });

  it('without a limit are too much for each role', () => {
    const { missing, excess } = compareWithRole(everything, wanted('operator'));
    expect(missing).toEqual([]);
    expect(excess).toEqual([
      { to: 'publish', subject: '>' },
      { to: 'subscribe', subject: '>' },
    ]);
  });

  it('of another host are too much, and those of the host are missing', () => {
    const { missing, excess } = compareWithRole(
      rightsOf(wanted('agent', 'h2')),
      wanted('agent', 'h1'),
    );
    expect(missing.map(({ subject }) => subject)).toContain(
      '$KV.rollcall_fleet_registry.agent.h1.*',
    );
    expect(excess.map(({ subject }) => subject)).toContain(
      '$KV.rollcall_fleet_registry.agent.h2.*',
    );
  });

  it('are described in words', () => {
    const may = (role: (typeof roles)[number]) =>
      capabilitiesOf(rightsOf(wanted(role)), namespace).filter((one) => one.may);
    const words = (role: (typeof roles)[number]) => may(role).map(({ what }) => what);
    expect(words('agent')).toEqual(['write the records of host h.1']);
    expect(words('consumer')).toEqual(['read records']);
    expect(words('auditor')).toEqual(['read records', 'read the audit']);
    expect(words('operator')).toEqual([
      ...['read records', 'read the audit', 'write holds', 'write drains', 'write the policy'],
    ]);
    expect(words('collector')).toContain('write and remove records of every host');
    expect(words('collector')).not.toContain('delete streams');
    expect(words('deploy')).toContain('delete streams');
  });
});

describe('the prefix of inboxes of a login', () => {
  it.each(roles)('tells that it is a %s', (role) => {
    expect(memberOfInbox(inboxPrefixOf(wanted(role)))).toEqual({ role, name: 'h.1' });
  });
  it.each(['_INBOX', '_INBOX_bob', '_INBOX_root-x', '_INBOX_agent-%'])(
    '%s tells nothing',
    (prefix) => expect(memberOfInbox(prefix)).toBeUndefined(),
  );
});
