import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { type Access, connectBare } from '../environment/access.ts';
import { storeBare } from '../environment/baseline-batch.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import { lastSequenceOf } from '../environment/last-sequence.ts';
import type { Jobs } from './job.ts';
import { HostMessages, startOne } from './started-agent.ts';

/** More writers at once would only make the server refuse batches: it takes 50 open ones per stream. */
const writersAtOnce = 40;

/**
 * Starts many agents at once, a connection each, and stores as many batches of the same messages with the
 * bare client, in turns. The answers are agents and batches per second.
 */
export async function join(
  access: Access,
  { agents, rounds, etcd }: Jobs['join']['task'],
): Promise<Jobs['join']['answer']> {
  const bare = await connectBare(access);
  const { stream } = subjectNamesOf(access.namespace).registry;
  const first = await startOne(access, 'first', 1);
  const one = await HostMessages.read(bare, access, 'first');
  await first.stop();
  const ours: number[] = [];
  const floor: number[] = [];
  const peer: number[] = [];
  const commits: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await lastSequenceOf(bare, stream);
    const began = performance.now();
    const started = await Promise.all(
      Array.from({ length: agents }, (_, n) => startOne(access, `host-${round}-${n}`, 1)),
    );
    ours.push(perSecond(agents, began));
    commits.push(((await lastSequenceOf(bare, stream)) - before) / agents);
    await Promise.all(started.map((agent) => agent.stop()));
    const messages = Array.from({ length: agents }, (_, n) =>
      one.under(access, `${round}-${n}`, true),
    );
    const since = performance.now();
    await Promise.all(
      Array.from({ length: writersAtOnce }, async () => {
        for (let next = messages.pop(); next !== undefined; next = messages.pop()) {
          await storeBare(bare, next);
        }
      }),
    );
    floor.push(perSecond(agents, since));
    if (etcd !== undefined) peer.push(await joinEtcd(etcd, `${round}`, agents, one.records));
  }
  await bare.close();
  return { ours, bare: floor, etcd: peer, messages: commits };
}

/** Connects as many clients of etcd at once, each of which stores the records under a lease of its own. */
async function joinEtcd(
  address: string,
  round: string,
  agents: number,
  records: readonly string[],
): Promise<number> {
  const began = performance.now();
  const clients = await Promise.all(
    Array.from({ length: agents }, async (_, agent) => {
      const client = new EtcdClient(address);
      const lease = await client.grantLease();
      await client.create(
        records.map((value, n) => ({ key: `join/${round}/${agent}/${n}`, value })),
        lease,
      );
      return client;
    }),
  );
  const answer = perSecond(agents, began);
  for (const client of clients) client.close();
  return answer;
}

const perSecond = (count: number, began: number): number =>
  (count * 1000) / (performance.now() - began);
