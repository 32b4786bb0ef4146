import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ClientMessage } from '../../domain/conformance/traffic.ts';
import { ClientStream } from './client-stream.ts';

/** A proxy to a NATS server on loopback, which reads what its clients send and can disturb them. */
export interface TappedProxy extends AsyncDisposable {
  /** The address for the client. */
  readonly url: string;
  /** Everything that clients sent, in order of arrival. */
  readonly messages: readonly ClientMessage[];
  /** Resets every connection, at both ends; new ones are accepted. */
  cut(): void;
  /**
   * Until `cut`, what the server sends is dropped: from the moment at which a client sends a message for
   * which this holds. The message itself reaches the server.
   */
  dropAnswersFrom(isFirst: (message: ClientMessage) => boolean): void;
}

/** Starts a proxy to a port on loopback. */
export async function startTappedProxy(port: number): Promise<TappedProxy> {
  const messages: ClientMessage[] = [];
  const sockets = new Set<Socket>();
  let isFirst: ((message: ClientMessage) => boolean) | undefined;
  let isDropping = false;
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port });
    const stream = new ClientStream();
    for (const socket of [client, server]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    }
    client.on('data', (bytes: Buffer) => {
      const taken = stream.take(bytes, performance.now());
      messages.push(...taken);
      if (isFirst && taken.some(isFirst)) isDropping = true;
      if (!server.destroyed) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!isDropping && !client.destroyed) client.write(bytes);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    isDropping = false;
    isFirst = undefined;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `nats://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    messages,
    cut,
    dropAnswersFrom: (condition) => {
      isFirst = condition;
    },
    [Symbol.asyncDispose]: async () => {
      listener.close();
      cut();
    },
  };
}
