import { afterAll } from 'vitest';
import { startTestCluster } from '../integration/harness/cluster.ts';
import { contract } from './suite.ts';
import { natsOn } from './support/nats-store.ts';

const cluster = await startTestCluster(3);
afterAll(() => cluster[Symbol.asyncDispose]());

contract('the NATS store on three servers', natsOn(cluster.nodes), {
  histories: 5,
  timeIsFree: false,
  isPatient: true,
});
