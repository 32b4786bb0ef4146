import { afterAll } from 'vitest';
import { startTestServer } from '../real/harness/nats-server.ts';
import { natsOn } from './nats-subject.ts';
import { contract } from './suite.ts';

const server = await startTestServer();
afterAll(() => server[Symbol.asyncDispose]());

contract('the NATS store', natsOn([server.url], 1), { histories: 10, timeIsFree: false });
