import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inboxPrefixOf } from '../../../src/adapters/nats/access/member.ts';
import type { ConfiguredServer } from '../nats/support/configured-server.ts';
import { AttackedFleet } from './support/attacked-fleet.ts';
import { Attacker } from './support/attacker.ts';
import { attacks } from './support/attacks.ts';
import { damageOf } from './support/damage.ts';
import { FleetAccess } from './support/fleet-access.ts';

const access = new FleetAccess('jwt');
const victim = access.add('agent', 'h2');
const reader = access.add('consumer', 'victim');
const judge = access.add('collector', 'w');
const attacking = access.add('agent', 'h1');

let server: ConfiguredServer;
let fleet: AttackedFleet;
beforeAll(async () => {
  server = await access.start();
  const as = async (member: typeof victim) => ({
    connection: await access.connect(server, member),
    inbox: inboxPrefixOf(member),
  });
  const { connection } = await as(judge);
  fleet = new AttackedFleet(access.namespace, connection, await as(victim), await as(reader));
  await fleet.fill();
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('in operator mode, with the login of an agent, an attacker', () => {
  const sample = attacks.filter(({ what }) => /reply subject|keys of others|of others$/.test(what));
  it.each(sample)('cannot $what', async (attack) => {
    const connection = await access.connect(server, attacking);
    const isOwn = (key: string) => /[ .](agent|instance|run|event|audit)\.h1\./.test(key);
    const damage = await damageOf(attack, new Attacker(connection), fleet, isOwn);
    await connection.close();
    expect(damage).toBeUndefined();
  });
});
