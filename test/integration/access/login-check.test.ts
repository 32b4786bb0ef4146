import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Member, roles } from '../../../src/adapters/nats/access/member.ts';
import { command } from '../cli/support/run-command.ts';
import type { ConfiguredServer } from '../nats/support/configured-server.ts';
import { FleetAccess } from './support/fleet-access.ts';

let folder: string;
let server: ConfiguredServer;
const access = new FleetAccess();
const members = roles.map((role) => access.add(role, role === 'agent' ? 'h1' : 'x'));
const logins = new Map<Member, readonly string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-login-'));
  server = await access.start();
  for (const member of members) {
    const { credentials, inboxPrefix } = access.loginOf(member);
    const nkey = join(folder, `${member.role}.nk`);
    await writeFile(nkey, credentials.nkeySeed ?? '');
    const where = ['--servers', server.url, '--namespace', 'fleet'];
    logins.set(member, [...where, '--nkey', nkey, '--inbox-prefix', inboxPrefix]);
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const loginOf = (role: Member['role']) => {
  const member = members.find((one) => one.role === role);
  return (member && logins.get(member)) ?? [];
};
const doctor = async (role: Member['role'], as: string) => {
  const { code, out, err } = await command(['doctor', '--json', '--as', as, ...loginOf(role)]);
  return { code, text: out + err };
};

describe('rollcall doctor --as', () => {
  it('reports the rights of a generated login, and that they are exactly those of its role', async () => {
    const { code, text } = await doctor('agent', 'agent');
    expect(text).toContain('may write the records of host h1; it may not read records');
    expect(text).toContain('exactly the rights of the role agent of host h1');
    expect(code).toBe(0);
    expect((await doctor('operator', 'operator')).text).toContain('exactly the rights');
  });

  it('names the excess rights of a login, and the missing ones', async () => {
    const tooMuch = await doctor('collector', 'consumer');
    expect(tooMuch.code).toBe(1);
    expect(tooMuch.text).toContain('the login has rights beyond the role consumer: publish to');
    const other = await doctor('agent', 'agent/h2');
    expect(other.text).toMatch(/lacks rights of the role [^:]*: publish to [^,]*run\.h2/);
    expect(server.log).not.toContain('Violation');
  });
});

describe('an error about a right that is missing', () => {
  it('names the right and the role that has it', async () => {
    const ps = await command(['ps', ...loginOf('agent')]);
    expect(ps.code).not.toBe(0);
    expect(ps.err).toContain('may not publish to $JS.API.');
    expect(ps.err).toContain('`rollcall ps` needs the login of an auditor');
    const key = 'instance.h9.a.web.1';
    await access.put(server, `$KV.rollcall_fleet_registry.${key}`, '{"not":"readable"}');
    const remove = await command(['gc', 'remove', key, '--yes', ...loginOf('operator')]);
    expect(remove.code).not.toBe(0);
    expect(remove.err).toMatch(/may not publish to .*instance\.h9/);
    expect(remove.err).toContain('needs the login of a collector');
  });
});
