import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { startTestCluster } from '../harness/cluster.ts';

test('a test cluster survives the kill of a leader and accepts it again', async () => {
  await using cluster = await startTestCluster(3);
  const nc = await connect({ servers: [...cluster.urls], maxReconnectAttempts: -1 });
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: 'LED', subjects: ['led'], num_replicas: 3 });
  // A server may not know yet who leads the new stream.
  await jetstream(nc).publish('led', 'one', { retries: 20 });
  const leader = await cluster.leaderOf('LED');
  await leader.kill();
  const next = await cluster.leaderOf('LED', { not: leader });
  expect(next).not.toBe(leader);
  await leader.restart();
  await cluster.ready();
  expect((await jsm.streams.info('LED')).state.messages).toBe(1);
  await nc.close();
});

test.each([
  [true, 3],
  [false, 0],
])(
  'a test cluster with advertise %s announces %i addresses to clients',
  async (advertise, addresses) => {
    await using cluster = await startTestCluster(3, { advertise });
    const nc = await connect({ servers: cluster.urls[0] ?? '' });
    expect(nc.info?.connect_urls ?? []).toHaveLength(addresses);
    await nc.close();
  },
);
