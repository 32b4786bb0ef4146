import { setTimeout as pause } from 'node:timers/promises';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import { recordVersion } from '../../../src/domain/records/schemas.ts';
import { type Access, connectBare } from '../environment/access.ts';
import type { Jobs } from './job.ts';

/** The leases of so many agents and nothing else: one connection and one timer for each. */
export async function keepLeases(
  access: Access,
  { agents, lease }: Jobs['keep-leases']['task'],
): Promise<Jobs['keep-leases']['answer']> {
  const { prefix } = subjectNamesOf(access.namespace).leases;
  for (let n = 0; n < agents; n += 1) {
    await pause(renewEvery(lease) / agents);
    const run = systemEntropy.runId();
    const key = leaseKey({ host: HostId.parse('bare'), agent: AgentName.parse(`agent-${n}`), run });
    const text = JSON.stringify({ v: recordVersion, run, ttl: lease.ttl });
    const bare = await connectBare(access);
    const renew = (at: number) => store(bare, prefix + key, text, lease.ttl, at);
    let last = renew(0);
    await last;
    // On a busy machine the answer may come after the next renewal is due.
    setInterval(() => {
      last = last.then(renew);
    }, renewEvery(lease));
  }
  return 'renewing';
}

async function store(
  bare: NatsConnection,
  subject: string,
  text: string,
  ttl: number,
  at: number,
): Promise<number> {
  const own = headers();
  own.set('Nats-TTL', `${ttl / 1000}s`);
  own.set('Nats-Expected-Last-Subject-Sequence', `${at}`);
  const reply = await bare.request(subject, text, { headers: own, timeout: 5000 });
  const { seq, error } = reply.json<{ seq: number; error?: { description: string } }>();
  if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
  return seq;
}
