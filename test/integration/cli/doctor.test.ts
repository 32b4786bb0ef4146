import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { desiredStreams } from '../../../src/adapters/nats/streams/stream-settings.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();

const doctor = (fleet: Pick<TestFleet, 'url' | 'namespace'>, ...more: string[]) =>
  command(['doctor', '--servers', fleet.url, '--namespace', fleet.namespace, ...more]);

async function watched() {
  const fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  return fleet;
}

describe('rollcall doctor', () => {
  it('finds no problem in a sound namespace', async () => {
    await using fleet = await watched();
    const { code, out } = await doctor(fleet);
    expect(out).toContain('no problem found');
    expect(out).toMatch(/✓ server +nats-server \d+\.\d+\.\d+ at .*, with JetStream/);
    expect(out).toMatch(/✓ advisories/);
    expect(out).toMatch(/✓ records +1 agent and 1 instance, all records readable/);
    expect(out).toMatch(/✓ signatures +all of the last \d+ events signed/);
    expect(out).toMatch(/✓ collectors +1 active collector: seat\.1 by watch\/collector/);
    expect(code).toBe(0);
  });

  it('lists every unreadable record with the reason and the remedy', async () => {
    await using fleet = await watched();
    await using raw = await rawRegistry(fleet);
    await raw.put('agent.h2.b', '{"v":99}');
    await raw.put('instance.h2.b.web.w9', 'no json');
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toMatch(/agent\.h2\.b \(revision \d+\) cannot be read: .*v: /);
    expect(out).toMatch(/instance\.h2\.b\.web\.w9 \(revision \d+\) cannot be read: .*JSON/);
    expect(out).toContain(`nats kv get rollcall_${fleet.namespace}_registry 'agent.h2.b'`);
    expect(out).toContain('2 problems found');
    const { documents } = await doctor(fleet, '--json');
    const about = documents()
      .filter(({ level }) => level === 'wrong')
      .map((one) => one['about']);
    expect(about).toEqual(['records', 'records']);
    for (const finding of documents()) {
      expect(finding).toMatchObject({ about: expect.any(String), what: expect.any(String) });
      if (finding['level'] !== 'ok') expect(finding['mend']).toEqual(expect.any(String));
    }
  });

  it('names the limit of consumers that makes watches fail, before anything else needs one', async () => {
    const namespace = Namespace.parse('limited');
    const wanted = desiredStreams(subjectNamesOf(namespace), 1);
    const nc = await connect({ servers: world.server.url });
    const jsm = await jetstreamManager(nc);
    for (const kind of ['registry', 'leases', 'audit', 'keyframes'] as const) {
      const limit = kind === 'registry' ? { max_consumers: 1 } : {};
      await jsm.streams.add({ ...wanted[kind], ...limit } as StreamConfig & { name: string });
    }
    const { name } = wanted.registry;
    const room = await doctor({ url: world.server.url, namespace });
    expect(room.out).toContain(`· watches     stream ${name} allows 1 JetStream consumer; 0 exist`);
    await jsm.consumers.add(name, { name: 'somebody', ack_policy: 'none' } as never);
    const { code, out } = await doctor({ url: world.server.url, namespace });
    expect(code).toBe(1);
    expect(out).toContain(`✕ watches     stream ${name} allows 1 JetStream consumer; 1 exist`);
    expect(out).toContain('set `max_consumers` to -1');
    expect(out).toMatch(/this user cannot watch .*: maximum consumers limit reached/);
    await nc.close();
  });

  it('shows a seat whose holder is blind as no observer', async () => {
    await using fleet = await world.fleet();
    const { leases } = fleet.store;
    const seat = { v: 1, run: 'run00001', host: 'h1', agent: 'c', runs: 0, judges: false };
    await leases.create('seat.1', JSON.stringify(seat), 60_000);
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toMatch(
      /✕ collectors +no collector observes the fleet; not observing: seat\.1 by h1\/c/,
    );
    await leases.create('seat.2', JSON.stringify({ ...seat, judges: true }), 60_000);
    const half = await doctor(fleet);
    expect(half.out).toMatch(
      /· collectors +1 active collector: seat\.2 by h1\/c; not observing: seat\.1/,
    );
  });

  it('shows a seat that is not renewed and does not end as no observer, and so do a command and a consumer', async () => {
    await using fleet = await world.fleet();
    await fleet.bystander('h1', 'a', [{ service: 'web', id: 'w' }]);
    const seat = { v: 1, run: 'run00001', host: 'h1', agent: 'c', runs: 0, ttl: 1000 };
    // As on a server whose full disk keeps it from ending the seat.
    await fleet.store.leases.create('seat.1', JSON.stringify(seat), 60_000);
    await pause(2500);
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toMatch(/no collector observes the fleet; not observing: seat\.1 by h1\/c/);
    expect(out).toMatch(/not renewed for [2-9]\d* s/);
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const { documents } = await command(['ps', '--json', ...where]);
    expect(documents().find(({ id }) => id === 'w')).toMatchObject({
      state: 'dubious',
      reason: 'unobserved',
    });
  });

  it('reports that no collector is active', async () => {
    await using fleet = await world.fleet();
    expect(await doctor(fleet)).toMatchObject({ code: 0 });
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toMatch(/✕ collectors +no collector is active/);
  });

  it('reports the name of a missing stream', async () => {
    await using fleet = await watched();
    const nc = await connect({ servers: fleet.url });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(`ROLLCALL_${fleet.namespace}_audit`);
    await nc.close();
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`✕ streams +stream ROLLCALL_${fleet.namespace}_audit is missing`),
    );
  });

  it('reports missing keyframes, writes none itself, and gives advice that works', async () => {
    // A collector or an agent would create the stream again.
    await using fleet = await world.fleet();
    const nc = await connect({ servers: fleet.url });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.delete(`KV_rollcall_${fleet.namespace}_keyframes`);
    await nc.close();
    for (let n = 0; n < 2; n += 1) {
      const { code, out } = await doctor(fleet);
      expect(code).toBe(1);
      expect(out).toMatch(
        /✕ streams +stream KV_rollcall_.*_keyframes is missing\n.*rollcall namespace create/,
      );
    }
    await command(['namespace', 'create', '--servers', fleet.url, '--namespace', fleet.namespace]);
    expect((await doctor(fleet)).out).not.toContain('is missing');
  });

  it('reports a setting that breaks a promise, and creates nothing if there is no namespace', async () => {
    await using fleet = await watched();
    const nc = await connect({ servers: fleet.url });
    const jsm = await jetstreamManager(nc);
    const stream = `KV_rollcall_${fleet.namespace}_registry`;
    await jsm.streams.update(stream, { allow_rollup_hdrs: true, deny_purge: false });
    const { code, out } = await doctor(fleet);
    expect(code).toBe(1);
    expect(out).toContain(
      `${stream}: allow_rollup_hdrs is true, not false, which breaks a guarantee`,
    );
    const nowhere = await doctor({ url: fleet.url, namespace: 'nowhere' });
    expect(nowhere.code).toBe(1);
    expect(nowhere.out).toContain("namespace 'nowhere' has no streams on this server");
    const names = (await jsm.streams.list().next()).map(({ config }) => config.name);
    expect(names.filter((name) => name.includes('nowhere'))).toEqual([]);
    await nc.close();
  });

  it('lists each setting that breaks a promise on streams made by other tools', async () => {
    const namespace = Namespace.parse('made-by-hand');
    const wrong = {
      leases: { allow_msg_ttl: false, storage: 'memory', max_age: 60_000_000_000 },
      registry: { allow_atomic: false, allow_rollup_hdrs: true, max_msg_size: 4096 },
      audit: { deny_purge: false, compression: 's2' },
      keyframes: { discard: 'old', subject_delete_marker_ttl: 60_000_000_000, allow_msg_ttl: true },
    };
    const notes = ['compression'];
    const wanted = desiredStreams(subjectNamesOf(namespace), 1);
    const nc = await connect({ servers: world.server.url });
    const jsm = await jetstreamManager(nc);
    for (const kind of ['registry', 'leases', 'audit', 'keyframes'] as const) {
      const made = { ...wanted[kind], ...wrong[kind] };
      // A marker is a rollup: the server writes none if rollups are not allowed.
      if (kind === 'keyframes') Object.assign(made, { allow_rollup_hdrs: true });
      await jsm.streams.add(made as StreamConfig & { name: string });
    }
    await nc.close();
    const { code, documents } = await doctor({ url: world.server.url, namespace }, '--json');
    expect(code).toBe(1);
    for (const [kind, settings] of Object.entries(wrong)) {
      const { name } = wanted[kind as keyof typeof wrong];
      for (const [setting, value] of Object.entries(settings)) {
        const said = `${name}: ${setting} is ${JSON.stringify(value)}, not `;
        const about = documents().filter(({ what }) => String(what).startsWith(said));
        expect(about, said).toMatchObject([
          notes.includes(setting)
            ? { about: 'streams', level: 'note', mend: 'harmless if intended' }
            : { about: 'streams', level: 'wrong', mend: expect.stringContaining(name) },
        ]);
      }
    }
  });

  it('reports a server without JetStream and checks nothing else', async () => {
    await using server = await startTestServer();
    const { user, pass } = server.system;
    // The login of the system account, in each form of the setting.
    for (const login of [
      ['--servers', server.url, '--user', user, '--password', pass],
      ['--servers', server.url.replace('://', `://${user}:${pass}@`)],
    ]) {
      const { code, documents } = await command(['doctor', '--json', ...login]);
      expect(code).toBe(1);
      expect(documents()).toMatchObject([
        { about: 'server', level: 'wrong', mend: expect.any(String) },
      ]);
    }
  });
});

/** The bucket as other tools see it. */
async function rawRegistry({ url, namespace }: TestFleet) {
  const nc = await connect({ servers: url });
  const bucket = await new Kvm(nc).open(`rollcall_${namespace}_registry`);
  return {
    put: (key: string, text: string) => bucket.put(key, text),
    [Symbol.asyncDispose]: () => nc.close(),
  };
}
