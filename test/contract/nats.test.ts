import { afterAll } from 'vitest';
import { startTestServer } from '../integration/harness/nats-server.ts';
import { contract } from './suite.ts';
import { natsOn } from './support/nats-store.ts';

const server = await startTestServer();
afterAll(() => server[Symbol.asyncDispose]());

contract('the NATS store', natsOn([server]), { histories: 10, timeIsFree: false });
