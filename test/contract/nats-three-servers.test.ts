import { afterAll } from 'vitest';
import { startTestCluster } from '../real/harness/cluster.ts';
import { natsOn } from './nats-subject.ts';
import { contract } from './suite.ts';

const cluster = await startTestCluster(3);
afterAll(() => cluster[Symbol.asyncDispose]());

contract('the NATS store on three servers', natsOn(cluster.urls, 3), {
  histories: 5,
  timeIsFree: false,
});
