import { describe, expect, it } from 'vitest';
import { TestFleet, timing } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { throughout, until } from '../harness/until.ts';

describe('a server that is down for longer than the ttl', () => {
  it.each(['polite', 'SIGKILL'] as const)('(%s stop) causes no expiry', async (how) => {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    const watcher = await fleet.collector();
    const agents = await Promise.all(
      ['a', 'b', 'c'].map((name) => fleet.serving('h1', name, [{ service: 'web', id: name }])),
    );
    await watcher.line((line) => line['type'] === 'sighted');
    await (how === 'polite' ? server.stop() : server.kill('SIGKILL'));
    await new Promise((resolve) => setTimeout(resolve, 2 * timing.ttl + timing.grace));
    await server.restart();

    await until('all renew again', async () => {
      const leases = await fleet.store.leases.list('run.>').catch(() => []);
      return leases.length === agents.length;
    });
    // Long enough for a suspicion and its grace if a collector counted the outage.
    await throughout(
      'nobody is expired',
      () => fleet.directory.agents().every(({ state }) => state !== 'expired'),
      2 * (timing.ttl + timing.grace),
    );
    for (const { process, run } of agents) {
      expect(process.lines.filter((line) => line['to'] === 'fenced')).toEqual([]);
      expect(fleet.directory.agents().find((row) => row.run === run)?.state).toBe('live');
    }
    const history = await fleet.history();
    expect(history.filter((e) => ['expired', 'removed'].includes(e.event.type))).toEqual([]);
  });
});
