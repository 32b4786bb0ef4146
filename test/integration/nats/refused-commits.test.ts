import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { command } from '../cli/support/run-command.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

/** The batches of one stream that a nats-server keeps open at the same time. */
const openBatches = 50;

/** Keeps all batches of the registry open that the server allows, as an agent can on keys of its own. */
async function occupy(nc: NatsConnection, fleet: TestFleet): Promise<AsyncDisposable> {
  const { registry } = subjectNamesOf(Namespace.parse(fleet.namespace));
  const ids = Array.from({ length: openBatches }, () => randomUUID());
  let sequence = 0;
  const send = () => {
    sequence += 1;
    return Promise.all(
      ids.map((id, n) => {
        const batch = headers();
        batch.set('Nats-Batch-Id', id);
        batch.set('Nats-Batch-Sequence', `${sequence}`);
        const subject = `${registry.prefix}instance.evil.a.s.i${n}`;
        return nc.request(subject, 'x', { headers: batch, timeout: 20_000 });
      }),
    );
  };
  await send();
  const timer = setInterval(() => void send().catch(() => {}), 1000);
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
}

/** Fills the stream of the registry to its limit; its leases have a stream of their own. */
async function fill(nc: NatsConnection, fleet: TestFleet): Promise<AsyncDisposable> {
  const { registry } = subjectNamesOf(Namespace.parse(fleet.namespace));
  const { streams } = await jetstreamManager(nc);
  const { bytes } = (await streams.info(registry.stream)).state;
  await streams.update(registry.stream, { max_bytes: bytes });
  return {
    [Symbol.asyncDispose]: async () =>
      void (await streams.update(registry.stream, { max_bytes: -1 })),
  };
}

test.each([
  ['another client keeps all batches open', occupy, /too many inflight|batch is incomplete/],
  ['the stream of the registry is full', fill, /maximum bytes exceeded/],
] as const)('if %s, nobody says that a killed agent is live', async (_, refuse, reason) => {
  await using fleet = await world.fleet();
  const collector = await fleet.collector();
  await collector.line(({ type }) => type === 'sighted');
  const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w' }]);
  await until('it is live', () => fleet.row('web', 'w')?.state === 'live');
  const nc = await connect({ servers: fleet.url });
  {
    await using _refused = await refuse(nc, fleet);
    agent.process.kill('SIGKILL');
    await until('it is dubious', () => fleet.row('web', 'w')?.state === 'dubious');
    expect(fleet.row('web', 'w')).toMatchObject({ reason: 'unobserved' });
    expect(collector.stderr).toContain('commits-refused');
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const { out, code } = await command(['doctor', ...where]);
    expect(code).toBe(1);
    expect(out).toMatch(/✕ collectors +no collector observes the fleet/);
    expect(out).toContain('the store has refused its commits for');
    expect(out).toMatch(reason);
  }
  await nc.close();
  await fleet.standing();
  await until('the collector says so', () => collector.stderr.includes('commits-accepted'));
});
