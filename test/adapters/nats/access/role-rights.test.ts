import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAccounts } from '../../../../src/adapters/nats/access/account-plan.ts';
import { inboxPrefixOf, type Member, roles } from '../../../../src/adapters/nats/access/member.ts';
import { permissionsOf } from '../../../../src/adapters/nats/access/role-rights.ts';
import { accessConfig } from '../../../../src/adapters/nats/access/server-config.ts';
import { checkInboxPrefix } from '../../../../src/adapters/nats/connection/inbox.ts';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import { HostId, Namespace } from '../../../../src/domain/identity/names.ts';
import { matchesSubject } from '../../../../src/domain/identity/subject-filter.ts';
import { encodeSubjectToken } from '../../../../src/domain/identity/subject-token.ts';

const namespace = Namespace.parse('fleet');
const { leases, registry, eventPrefix, auditStream, auditPrefix } = subjectNamesOf(namespace);
const host = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom('*', '>', 'h1', 'h1.a', '_INBOX', 'agent', '"', '\\', 'a b'),
  )
  .filter((text) => HostId.safeParse(text).success);
const memberOf = (role: Member['role'], name: string, services?: readonly string[]): Member => ({
  ...{ namespace, role, name, services, keys: ['UKEY'] },
});

/** All that an agent of this host owns, and the requests with which it reads that. */
const subjectsOf = (name: string): readonly string[] => {
  const token = encodeSubjectToken(name);
  const direct = '$JS.API.DIRECT.GET.';
  return [
    `${leases.prefix}run.${token}.a.r`,
    `${registry.prefix}agent.${token}.a`,
    `${registry.prefix}instance.${token}.a.web.1`,
    `${eventPrefix}${token}.a.r.1`,
    `${eventPrefix}${token}.a.r.web.1.1`,
    `${eventPrefix}${token}.a.r.session.1`,
    `${direct}${registry.stream}.${registry.prefix}agent.${token}.a`,
    `${direct}${leases.stream}.${leases.prefix}run.${token}.a.r`,
    `${direct}${auditStream}.${auditPrefix}${token}.a.r.1`,
  ];
};

describe('the rights of an agent', () => {
  test('cover what belongs to its host, and nothing of any other host', () => {
    fc.assert(
      fc.property(host, host, (mine, other) => {
        fc.pre(mine !== other);
        const may = matchesSubject(permissionsOf(memberOf('agent', mine)).publish);
        expect(subjectsOf(mine).filter((subject) => !may(subject))).toEqual([]);
        expect(subjectsOf(other).filter(may)).toEqual([]);
        const hears = matchesSubject(permissionsOf(memberOf('agent', mine)).subscribe);
        expect(hears(`${inboxPrefixOf(memberOf('agent', other))}.x`)).toBe(false);
      }),
    );
  });

  test.each([
    `${registry.prefix}hold.h1`,
    `${registry.prefix}hold.h1.a`,
    `${eventPrefix}h1.a.r.hold.1`,
    `${registry.prefix}policy`,
    `${registry.prefix}brake.z`,
    `${leases.prefix}seat.1`,
    'rollcall.fleet.fence.=store',
    'rollcall.fleet.fence.=burn',
    `$JS.API.INFO`,
    `$JS.API.STREAM.INFO.${registry.stream}`,
    `$JS.API.STREAM.MSG.GET.${registry.stream}`,
    `$JS.API.DIRECT.GET.${registry.stream}`,
    `$JS.API.CONSUMER.CREATE.${registry.stream}.x`,
    `$JS.API.CONSUMER.DELETE.${registry.stream}.x`,
  ])('do not cover %s', (subject) => {
    expect(matchesSubject(permissionsOf(memberOf('agent', 'h1')).publish)(subject)).toBe(false);
  });

  test('that is bound to services cover no instance and no event of another service', () => {
    const may = matchesSubject(permissionsOf(memberOf('agent', 'h1', ['web'])).publish);
    const token = (service: string) => [
      `${registry.prefix}instance.h1.a.${service}.1`,
      `${eventPrefix}h1.a.r.${service}.1.1`,
    ];
    expect([...token('web'), ...subjectsOf('h1')].every(may)).toBe(true);
    expect(token('db').filter(may)).toEqual([]);
  });
});

test('each role has an inbox prefix that the client accepts, and that no other member has', () => {
  fc.assert(
    fc.property(fc.uniqueArray(host, { minLength: 2, maxLength: 5 }), (names) => {
      const prefixes = names.flatMap((name) =>
        roles.map((role) => inboxPrefixOf(memberOf(role, name))),
      );
      for (const prefix of prefixes) checkInboxPrefix(prefix);
      expect(new Set(prefixes).size).toBe(prefixes.length);
    }),
  );
});

describe('the accounts', () => {
  const members = roles.flatMap((role) => ['a', 'b'].map((name) => memberOf(role, name)));
  const accounts = planAccounts(members, [], (name) => name);

  test('that hold the streams have only collectors and logins for deployment', () => {
    const holding = accounts.filter(({ hasStreams }) => hasStreams);
    expect(holding.map(({ name }) => name)).toEqual(['rollcall-fleet']);
    expect(holding.flatMap(({ users }) => users.map(({ name }) => name.split('-')[0]))).toEqual([
      'collector',
      'collector',
      'deploy',
      'deploy',
    ]);
  });

  test('of all others have one member each, and import exactly what it may publish to, besides questions about itself', () => {
    const others = accounts.filter(({ name }) => name.startsWith('rollcall-fleet-'));
    expect(others).toHaveLength(members.length - 4);
    for (const { name, users, imports, exports } of others) {
      expect(users).toHaveLength(1);
      const services = imports.filter(({ kind }) => kind === 'service').map((one) => one.subject);
      const served = exports.map(({ subject }) => subject);
      const asks = name.startsWith('rollcall-fleet-agent-')
        ? ['$SYS.REQ.USER.INFO']
        : ['$SYS.REQ.USER.INFO', '$SYS.REQ.ACCOUNT.PING.STATZ'];
      expect(users[0]?.publish).toEqual([...services, ...served, ...asks]);
      expect(imports.every(({ from }) => from === 'rollcall-fleet')).toBe(true);
    }
  });

  test('export each subject only to accounts that are named', () => {
    for (const { exports } of accounts) {
      for (const { accounts: to } of exports) expect(to).not.toHaveLength(0);
    }
  });
});

test('no name of a member ends a text in the configuration of the server', () => {
  fc.assert(
    fc.property(host, (name) => {
      const text = accessConfig([memberOf('agent', name, [name])], ['USYSTEM']);
      for (const quoted of text.match(/"[^"]*"/g) ?? []) expect(quoted).toMatch(/^"[\w $.>*=-]*"$/);
      expect(text.split('"').length % 2).toBe(1);
      expect(text).not.toContain('\\');
    }),
  );
});

test('no role may write the lock of a restore, or make or remove its stream: it could block every restore', () => {
  const { restore } = subjectNamesOf(namespace);
  const apis = ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE'];
  const wanted = [
    `${restore.subjectPrefix}x`,
    ...apis.map((api) => `$JS.API.STREAM.${api}.${restore.stream}`),
  ];
  for (const role of roles) {
    const may = matchesSubject(permissionsOf(memberOf(role, 'h1')).publish);
    expect({ role, may: wanted.filter(may) }).toEqual({ role, may: [] });
  }
});
