import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { closeNats, connectNats } from '../../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { natsDisconnects } from '../../../../src/adapters/nats/disconnects/disconnects.ts';
import { AgentName, HostId, RunId, type RunRef } from '../../../../src/domain/identity/names.ts';
import type { Disconnect } from '../../../../src/ports/disconnects.ts';

export type User = 'agent' | 'collector';

export const runOf = (host: string): RunRef => ({
  host: HostId.parse(host),
  agent: AgentName.parse('a'),
  run: RunId.parse('run12345'),
});

export const login = (user: User | undefined) =>
  user ? { credentials: { user, pass: user } } : {};

/** Watches on a connection of its own, and says what its client complains of. */
export async function watchOn(server: string, user?: User) {
  const link = new SupervisedConnection(
    await connectNats({ servers: [server], name: 'watcher', ...login(user) }),
  );
  const complaints: Error[] = [];
  void (async () => {
    for await (const status of link.connection.status()) {
      if (status.type === 'error') complaints.push(status.error);
    }
  })();
  const told: Disconnect[] = [];
  const stop = new AbortController();
  const ended = natsDisconnects(link).watch((said) => void told.push(said), stop.signal);
  await link.connection.flush();
  return {
    link,
    told,
    complaints,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      await link[Symbol.asyncDispose]();
    },
  };
}

export type Watcher = Awaited<ReturnType<typeof watchOn>>;

export async function closeOne(server: string, name: string, user?: User): Promise<void> {
  await closeNats(await connectNats({ servers: [server], name, ...login(user) }));
}

/** A connection without a client, to do with it what no client does. */
export async function socketOf(port: number, name: string, user?: User) {
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'data');
  const connect = { verbose: false, name, ...(user && { user, pass: user }) };
  socket.write(`CONNECT ${JSON.stringify(connect)}\r\nPING\r\n`);
  const [answer] = await once(socket, 'data');
  return { socket, answer: String(answer) };
}
