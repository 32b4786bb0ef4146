import { afterAll, beforeAll } from 'vitest';
import { startTestServer, type TestServer } from '../real/harness/nats-server.ts';
import { openNats } from './nats-subject.ts';
import { contract } from './suite.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

contract('the NATS store', () => openNats(server.url), { histories: 20, timeIsFree: false });
