import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from '../../../tools/bench/environment/free-ports.ts';

/** The way that bytes go through the proxy. */
type Way = 'to-server' | 'to-client';

/** A TCP proxy on loopback between a client and a server, with a hand on the wire. */
export type TestProxy = AsyncDisposable & {
  /** What a client connects to instead of the server. */
  readonly url: string;
  readonly port: number;
  /** How many connections go through it now. */
  readonly connections: number;
  /** Everything as if it were not there: lets go what was held, listens again. */
  pass(): Promise<void>;
  /**
   * Nothing arrives any more, and nobody is told, ends of connections included. As on a real
   * network nothing is lost while the connection lives: `pass` delivers what was held.
   */
  blackhole(...ways: Way[]): void;
  /** Every byte arrives so many milliseconds later, in order. */
  delay(millis: number, ...ways: Way[]): void;
  /** Resets every connection, at both ends; new ones are accepted. */
  cut(): void;
  /** New connections are refused; those that are there go on. */
  refuse(): Promise<void>;
};

type Wire = { delay: number; held: Promise<void> | undefined; release: () => void };

const bothWays: readonly Way[] = ['to-server', 'to-client'];

/** Starts a proxy to a port on loopback. */
export async function startProxy(target: { port: number }): Promise<TestProxy> {
  const wires: Record<Way, Wire> = { 'to-server': newWire(), 'to-client': newWire() };
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect({ host: '127.0.0.1', port: target.port });
    for (const socket of [client, server]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    }
    pump(client, server, wires['to-server']);
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
    pass: async () => {
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

function newWire(): Wire {
  return { delay: 0, held: undefined, release: () => {} };
}

/** Carries bytes, and then the end, from one socket to the other, each after what went before it. */
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
