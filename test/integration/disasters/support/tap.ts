import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { portOf } from '../../../../tools/bench/environment/free-ports.ts';

/** A TCP proxy on loopback that reads what a client sends. */
export interface Tap extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the client has sent this; that and what follows stays here until `go`. */
  before(text: string): Promise<void>;
  go(): void;
}

export async function startTap(target: { readonly port: number }): Promise<Tap> {
  const sockets = new Set<Socket>();
  let awaited: { readonly text: string; readonly seen: () => void } | undefined;
  let gate: PromiseWithResolvers<void> | undefined;
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: target.port });
    for (const socket of [client, server]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    }
    let sent = Promise.resolve();
    let tail = '';
    const forward = async (bytes: Buffer) => {
      tail = tail.slice(-200) + bytes.toString('latin1');
      if (awaited !== undefined && tail.includes(awaited.text)) {
        awaited.seen();
        awaited = undefined;
        gate = Promise.withResolvers();
      }
      await gate?.promise;
      if (!server.destroyed) server.write(bytes);
    };
    client.on('data', (bytes: Buffer) => {
      sent = sent.then(() => forward(bytes));
    });
    client.on('close', () => void sent.then(() => server.end()));
    server.on('data', (bytes) => client.write(bytes)).on('close', () => client.end());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const go = () => gate?.resolve();
  return {
    url: `nats://127.0.0.1:${portOf(listener)}`,
    before: (text) =>
      new Promise((seen) => {
        awaited = { text, seen };
      }),
    go,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      go();
      for (const socket of sockets) socket.destroy();
    },
  };
}
