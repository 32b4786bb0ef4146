import { afterAll } from 'vitest';
import { copyOfClient } from '../integration/harness/client-copy.ts';
import { startTestServer } from '../integration/harness/nats-server.ts';
import { contract } from './suite.ts';
import { natsOn } from './support/nats-store.ts';

const server = await startTestServer();
const copy = await copyOfClient();
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await copy[Symbol.asyncDispose]();
});

const open = natsOn([server], (wanted) =>
  copy.client.connect({ ...wanted, servers: [server.url] }),
);
contract('the NATS store over a connection of another copy of the client', open, {
  histories: 10,
  timeIsFree: false,
});
