import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inboxPrefixOf, type Member } from '../../../src/adapters/nats/access/member.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { ConfiguredServer } from '../nats/support/configured-server.ts';
import { AttackedFleet } from './support/attacked-fleet.ts';
import { Attacker } from './support/attacker.ts';
import { attacks } from './support/attacks.ts';
import { damageOf } from './support/damage.ts';
import { FleetAccess } from './support/fleet-access.ts';

const access = new FleetAccess();
const victim = access.add('agent', 'h2');
const reader = access.add('consumer', 'victim');
const judge = access.add('collector', 'w');
const other = Namespace.parse('other');
const attackers: readonly Member[] = [
  access.add('agent', 'h1'),
  access.add('consumer', 'c'),
  access.add('operator', 'o'),
  access.add('auditor', 'a'),
  access.add('dashboard', 'd'),
  access.add('collector', 'w', { namespace: other }),
  access.add('agent', 'h2', { namespace: other }),
];

/** What the role is there to write. */
const mayWrite = ({ role }: Member, key: string) =>
  (role === 'agent' && /[ .](agent|instance|run|event|audit)\.h1\./.test(key)) ||
  (['operator', 'dashboard'].includes(role) && /\.(hold|policy)(\.|$)/.test(key));

let server: ConfiguredServer;
let fleet: AttackedFleet;
beforeAll(async () => {
  server = await access.start();
  const as = async (member: Member) => ({
    connection: await access.connect(server, member),
    inbox: inboxPrefixOf(member),
  });
  const { connection } = await as(judge);
  fleet = new AttackedFleet(access.namespace, connection, await as(victim), await as(reader));
  await fleet.fill();
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe.each(attackers)('with the login of $role $name in $namespace, an attacker', (member) => {
  const isOther = member.namespace === other;
  const may = attacks.filter(({ right }) => isOther || !right?.includes(member.role));
  it.each(may)('cannot $what', async (attack) => {
    const connection = await access.connect(server, member);
    const isOwn = (key: string) => !isOther && mayWrite(member, key);
    const damage = await damageOf(attack, new Attacker(connection), fleet, isOwn);
    await connection.close();
    if (!isOther && attack.open?.[member.role] !== undefined) expect(damage).toBeDefined();
    else expect(damage).toBeUndefined();
  });
});
