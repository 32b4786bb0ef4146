import { describe, expect, test } from 'vitest';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import type { Disconnect } from '../../../src/ports/disconnects.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { until } from '../harness/until.ts';
import { type ConfiguredServer, startConfigured } from './support/configured-server.ts';
import { agent, closed, gone, looked, named, ofAgents } from './support/disconnect-servers.ts';
import { runOf, socketOf, type User, watchOn } from './support/recorded-disconnects.ts';

describe('three servers', () => {
  const clusters: Record<string, { config: string; user?: User; recorded: Disconnect }> = {
    'without accounts': { config: '', recorded: gone },
    'of which our account imports no advisories': {
      config: named(),
      user: 'agent',
      recorded: closed,
    },
  };

  async function startThree(config: string) {
    const ports = await freePorts(3);
    const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    await using started = new AsyncDisposableStack();
    const three: ConfiguredServer[] = [];
    for (const [n, port] of ports.entries()) {
      const cluster = `cluster { name: c, host: 127.0.0.1, port: ${port}, routes: [${routes}] }`;
      const whole = `server_name: s${n}\n${cluster}\n${config}`;
      three.push(started.use(await startConfigured(() => whole)));
    }
    const kept = started.move();
    return { three, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  describe.each(Object.entries(clusters))('%s', (_, { config, user, recorded }) => {
    test('report the connections of each server', async () => {
      await using cluster = await startThree(config);
      const [first] = cluster.three;
      if (first === undefined) throw new Error('three were started');
      await using watcher = await watchOn(first.url, user);
      for (const server of cluster.three) await looked(watcher, server, user);
      const before = watcher.recorded.length;
      const sockets = await Promise.all(
        cluster.three.map(({ port }, n) => socketOf(port, connectionName(runOf(`h${n}`)), user)),
      );
      for (const server of cluster.three) await looked(watcher, server, user);
      expect(ofAgents(watcher)).toEqual([]);
      for (const { socket } of sockets) socket.destroy();
      await until('all are recorded', () => ofAgents(watcher).length >= 3);
      for (const server of cluster.three) await looked(watcher, server, user);
      const hosts = ofAgents(watcher).map((departure) => departure.slot.host);
      expect(hosts.toSorted()).toEqual(['h0', 'h1', 'h2']);
      expect(ofAgents(watcher)[0]).toEqual({ ...recorded, slot: expect.anything() });
      expect(watcher.recorded.length).toBeGreaterThan(before);
    });

    test('report no connection of a server that does not reply', async () => {
      await using cluster = await startThree(config);
      const [first, second] = cluster.three;
      if (first === undefined || second === undefined) throw new Error('three were started');
      await using watcher = await watchOn(first.url, user);
      const there = await socketOf(second.port, connectionName(runOf('there')), user);
      const here = await socketOf(first.port, connectionName(agent), user);
      for (const server of cluster.three) await looked(watcher, server, user);
      second.kill('SIGSTOP');
      here.socket.destroy();
      await until('that of the others is recorded', () => ofAgents(watcher).length > 0);
      await looked(watcher, first, user);
      expect(ofAgents(watcher)).toEqual([recorded]);
      second.kill('SIGCONT');
      await looked(watcher, second, user);
      expect(ofAgents(watcher)).toEqual([recorded]);
      there.socket.destroy();
      await until('it is recorded', () => ofAgents(watcher).length > 1);
    });
  });

  test('without accounts do not report a client that moved to another server', async () => {
    await using cluster = await startThree('');
    const [first, second] = cluster.three;
    if (first === undefined || second === undefined) throw new Error('three were started');
    await using watcher = await watchOn(first.url);
    const before = await socketOf(first.port, connectionName(agent));
    for (const server of cluster.three) await looked(watcher, server);
    before.socket.destroy();
    const after = await socketOf(second.port, connectionName(agent));
    for (const server of cluster.three) await looked(watcher, server);
    expect(ofAgents(watcher)).toEqual([]);
    after.socket.destroy();
    await until('it is recorded', () => ofAgents(watcher).length > 0);
  });
});
