import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from '../../../tools/bench/environment/free-ports.ts';

/** The direction of bytes through the proxy. */
type Way = 'to-server' | 'to-client';

/** A TCP proxy on loopback between a client and a server, which can disturb the connection. */
export type TestProxy = AsyncDisposable & {
  /** The address for the client, instead of the server’s. */
  readonly url: string;
  readonly port: number;
  /** Number of present connections. */
  readonly connections: number;
  /** Ends all faults: delivers delayed bytes and accepts connections again. */
  pass(): Promise<void>;
  /**
   * Delivers nothing any more, ends of connections included, and notifies neither side. As on a real network
   * nothing is lost while the connection exists: `pass` delivers the delayed bytes.
   */
  blackhole(...ways: Way[]): void;
  /** Delays every byte by this many milliseconds, in order. */
  delay(millis: number, ...ways: Way[]): void;
  /** Resets every connection, at both ends; new ones are accepted. */
  cut(): void;
  /** Refuses new connections; existing ones continue. */
  refuse(): Promise<void>;
  /** Ends every connection, and refuses the login of each new one, as a server does with a revoked login. */
  revoke(): void;
};

type Wire = { delay: number; held: Promise<void> | undefined; release: () => void };

const bothWays: readonly Way[] = ['to-server', 'to-client'];

/** Starts a proxy to a port on loopback. */
export async function startProxy(target: { port: number }): Promise<TestProxy> {
  const wires: Record<Way, Wire> = { 'to-server': newWire(), 'to-client': newWire() };
  const sockets = new Set<Socket>();
  let isRevoked = false;
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: target.port });
    for (const socket of [client, server]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    }
    if (isRevoked) client.once('data', () => end(client, server));
    else pump(client, server, wires['to-server']);
    pump(server, client, wires['to-client']);
  });
  const listen = async (port: number) => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return portOf(listener);
  };
  const port = await listen(0);
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const release = (ways: readonly Way[]) => {
    for (const way of ways) {
      wires[way].release();
      wires[way].held = undefined;
    }
  };
  const chosen = (ways: Way[]) => (ways.length === 0 ? bothWays : ways);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get connections() {
      return Math.floor(sockets.size / 2);
    },
    revoke: () => {
      isRevoked = true;
      cut();
    },
    pass: async () => {
      isRevoked = false;
      release(bothWays);
      for (const way of bothWays) wires[way].delay = 0;
      if (!listener.listening) await listen(port);
    },
    blackhole: (...ways) => {
      release(chosen(ways));
      for (const way of chosen(ways)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wires[way].held = promise;
        wires[way].release = resolve;
      }
    },
    delay: (millis, ...ways) => {
      for (const way of chosen(ways)) wires[way].delay = millis;
    },
    cut,
    refuse: async () => {
      listener.close();
    },
    [Symbol.asyncDispose]: async () => {
      listener.close();
      cut();
      release(bothWays);
    },
  };
}

/** The first that a client sends is its login. */
function end(client: Socket, server: Socket): void {
  client.end("-ERR 'Authorization Violation'\r\n");
  server.end();
}

function newWire(): Wire {
  return { delay: 0, held: undefined, release: () => {} };
}

/** Copies bytes, and then the end, from one socket to the other, in order. */
function pump(from: Socket, to: Socket, wire: Wire): void {
  let sent = Promise.resolve();
  const after = (carry: () => void) => {
    const due = performance.now() + wire.delay;
    sent = sent.then(async () => {
      if (due > performance.now()) await pause(due - performance.now());
      while (wire.held !== undefined) await wire.held;
      carry();
    });
  };
  from.on('data', (bytes) => after(() => void (to.destroyed || to.write(bytes))));
  from.on('close', () => after(() => to.end()));
}
