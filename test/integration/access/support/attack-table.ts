import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inboxPrefixOf, type Member } from '../../../../src/adapters/nats/access/member.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';
import { AttackedFleet } from './attacked-fleet.ts';
import { Attacker } from './attacker.ts';
import { attacks } from './attacks.ts';
import { damageOf } from './damage.ts';
import { type AccessServers, FleetAccess, type Mode } from './fleet-access.ts';

/** What the role is there to write. */
const mayWrite = ({ role }: Member, key: string) =>
  (role === 'agent' && /[ .](agent|instance|run|event|audit)\.h1\./.test(key)) ||
  (['operator', 'dashboard'].includes(role) &&
    /\.(hold|drain|policy)(\.|$)|=(fleet|drain)\./.test(key));

/**
 * Tries every attack with the login of every role that has no right to it.
 *
 * @param mode whether the accounts are static or the tokens of an operator
 * @param size servers, which form a cluster if they are several
 */
export function tryAllAttacks({ mode, size }: { mode: Mode; size: 1 | 3 }): void {
  const access = new FleetAccess(mode);
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
  let servers: AccessServers;
  let fleet: AttackedFleet;
  beforeAll(async () => {
    servers = await access.start(size);
    const as = async (member: Member) => ({
      connection: await access.connect(servers, member),
      inbox: inboxPrefixOf(member),
    });
    const { connection } = await as(judge);
    fleet = new AttackedFleet(access.namespace, connection, await as(victim), await as(reader));
    // A message needs time from the server of the attacker to the one that leads the stream.
    if (size > 1) fleet.settleFor = 100;
    await fleet.fill();
  });
  afterAll(() => servers?.[Symbol.asyncDispose]());

  describe.each(attackers)('with the login of $role $name in $namespace, an attacker', (member) => {
    const isOther = member.namespace === other;
    const may = attacks.filter(({ right }) => isOther || !right?.includes(member.role));
    it.each(may)('cannot $what', async (attack) => {
      const connection = await access.connect(servers, member);
      const isOwn = (key: string) => !isOther && mayWrite(member, key);
      const damage = await damageOf(attack, new Attacker(connection), fleet, isOwn);
      await connection.close();
      if (!isOther && attack.open?.[member.role] !== undefined) expect(damage).toBeDefined();
      else expect(damage).toBeUndefined();
    });
  });
}
