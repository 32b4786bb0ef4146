import { afterAll, beforeAll } from 'vitest';
import { TestFleet } from './fleet.ts';
import { startTestServer, type TestServer } from './nats-server.ts';

/** One server for a file's tests; each opens a fleet of its own, in a namespace of its own. */
export function withServer(): { readonly server: TestServer; fleet(): Promise<TestFleet> } {
  let running: TestServer | undefined;
  beforeAll(async () => {
    running = await startTestServer();
  });
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
  });
  const server = () => {
    if (!running) throw new Error('the server is started before all tests');
    return running;
  };
  return {
    get server() {
      return server();
    },
    fleet: () => TestFleet.open(server().url),
  };
}
