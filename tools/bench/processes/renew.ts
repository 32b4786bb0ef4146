import { cpuUsage } from 'node:process';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { recordVersion } from '../../../src/domain/records/schemas.ts';
import { minutes, type Revision } from '../../../src/domain/time.ts';
import type { Leases } from '../../../src/ports/leases.ts';
import { type Access, connectBare, openStore } from '../environment/access.ts';
import type { Jobs } from './job.ts';

const ttl = minutes(5);
/** Warm-up rounds for the JIT compiler. */
const warmUp = 3;

/** One lease and its renewal function. */
interface Held {
  readonly key: string;
  readonly text: string;
  at: Revision;
}

/** Renews with the port and with the bare client alternately, so that other load affects both equally. */
export async function renew(
  access: Access,
  { rounds, renewals, atOnce }: Jobs['renew']['task'],
): Promise<Jobs['renew']['answer']> {
  await using store = await openStore(access, 'renew');
  const bare = await connectBare(access);
  const { prefix } = subjectNamesOf(access.namespace).leases;
  const ways = {
    ours: await many(store.leases, 'ours', atOnce),
    bare: await many(store.leases, 'bare', atOnce),
  };
  const taken = { ours: [] as number[], bare: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    const ours = await timed(ways.ours, renewals, (held) => renewOurs(store.leases, held));
    const plain = await timed(ways.bare, renewals, (held) => renewBare(bare, prefix, held));
    if (round < 0) continue;
    taken.ours.push(ours);
    taken.bare.push(plain);
  }
  await bare.close();
  return taken;
}

async function many(leases: Leases, host: string, count: number): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (let n = 0; n < count; n += 1) {
    const run = systemEntropy.runId();
    const at = { host: HostId.parse(host), agent: AgentName.parse(`agent-${n}`), run };
    const text = JSON.stringify({ v: recordVersion, run });
    const created = await leases.create(leaseKey(at), text, ttl);
    if (created === 'taken') throw new Error(`${leaseKey(at)} is taken`);
    held.push({ key: leaseKey(at), text, at: created.revision });
  }
  return held;
}

/** CPU time of this process for each renewal, in µs. */
async function timed(
  all: readonly Held[],
  renewals: number,
  once: (held: Held) => Promise<void>,
): Promise<number> {
  const each = Math.ceil(renewals / all.length);
  const before = cpuUsage();
  await Promise.all(
    all.map(async (held) => {
      for (let n = 0; n < each; n += 1) await once(held);
    }),
  );
  const { user, system } = cpuUsage(before);
  return (user + system) / (each * all.length);
}

async function renewOurs(leases: Leases, held: Held): Promise<void> {
  const renewed = await leases.renew(held.key, held.text, held.at, ttl);
  if (renewed === 'lost') throw new Error(`${held.key} was lost`);
  held.at = renewed.revision;
}

/** The minimum of a heartbeat: one publish with a TTL and a compare-and-set. */
async function renewBare(bare: NatsConnection, prefix: string, held: Held): Promise<void> {
  const own = headers();
  own.set('Nats-TTL', `${ttl / 1000}s`);
  own.set('Nats-Expected-Last-Subject-Sequence', `${held.at}`);
  const reply = await bare.request(prefix + held.key, held.text, { headers: own, timeout: 5000 });
  const { seq, error } = reply.json<{ seq: number; error?: { description: string } }>();
  if (error !== undefined) throw new Error(`${held.key}: ${error.description}`);
  held.at = seq;
}
