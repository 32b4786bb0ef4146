import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../../src/adapters/docker/engine.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemProcesses, thisProcess } from '../../../src/adapters/system/processes.ts';
import { DockerSource } from '../../../src/composition/instances/docker-source.ts';
import { InstanceSources } from '../../../src/composition/instances/instance-sources.ts';
import type { Slot } from '../../../src/domain/identity/names.ts';
import { type Health, InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { until } from '../../integration/harness/until.ts';
import { FakeEngine } from './fake-engine.ts';

const id = 'a'.repeat(64);
const short = 'a'.repeat(12);

/** A source that follows a fake engine. `health`: of the instance, undefined if it is not registered. */
async function following(before?: (engine: FakeEngine) => void, linger = 10_000) {
  const opened = new AsyncDisposableStack();
  const engine = opened.use(await new FakeEngine().open());
  before?.(engine);
  const sources = new InstanceSources({ host: 'h1', agent: 'a' } as Slot);
  const complaints: string[] = [];
  const answers: string[] = [];
  const docker = new DockerSource(
    new Engine(engine.path),
    sources.of('docker'),
    { address: '10.0.0.7', linger, onComplaint: (text) => void complaints.push(text) },
    {
      clock: systemClock,
      log: { debug() {}, info() {}, warn() {} },
      metrics: { doorAnswered: (door, outcome) => void answers.push(`${door} ${outcome}`) },
      isGone: (pid) => systemProcesses().isGone({ ...thisProcess(), pid }),
    },
  );
  const stop = new AbortController();
  const isBegun = await docker.begin(stop.signal);
  const running = docker.run(stop.signal);
  opened.defer(async () => {
    stop.abort();
    await running;
  });
  await until('it listens', () => engine.requests.includes('GET /events'));
  const spec = () => sources.initial.specs[0];
  const health = (): Health | undefined => {
    const one = spec();
    return one && sources.initial.healthOf(one);
  };
  const state = (wanted: string | undefined) =>
    until(`it is ${wanted}`, () => {
      const now = health();
      return (now?.state === 'failing' ? now.detail : now?.state) === wanted;
    });
  return {
    engine,
    sources,
    docker,
    complaints,
    answers,
    spec,
    health,
    state,
    isBegun,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

describe('a labelled container', () => {
  test('is registered at the port that it publishes, with its name and image', async () => {
    await using world = await following((engine) => {
      engine.set(id, { labels: { 'rollcall.service': 'web', 'rollcall.label.version': '1.2' } });
    });
    expect(world.spec()).toEqual({
      service: 'web',
      id: short,
      address: '10.0.0.7',
      port: 8080,
      labels: {
        'docker.id': short,
        'docker.name': 'web-1',
        'docker.image': 'nginx',
        version: '1.2',
      },
    });
    expect(world.health()).toEqual({ state: 'serving' });
    expect(world.engine.requests.every((one) => one.startsWith('GET '))).toBe(true);
  });

  test.each<[string, Parameters<FakeEngine['set']>[1], string | undefined]>([
    ['starting', { health: { Status: 'starting' } }, 'health check: starting'],
    [
      'unhealthy',
      { health: { Status: 'unhealthy', Log: [{ Output: 'no\n db\u0007' }] } },
      'unhealthy: no db',
    ],
    ['healthy', { health: { Status: 'healthy' } }, 'serving'],
    ['paused', { status: 'paused' }, 'paused'],
    ['restarting', { status: 'restarting' }, 'restarting'],
    ['exited 137', { status: 'exited', exitCode: 137 }, 'exited 137'],
    ['exited 0', { status: 'exited', exitCode: 0 }, undefined],
    ['created', { status: 'created' }, undefined],
  ])('that is %s has an instance with the matching state', async (_, change, wanted) => {
    await using world = await following((engine) => engine.set(id, change));
    const now = world.health();
    expect(now?.state === 'failing' ? now.detail : now?.state).toBe(wanted);
  });

  test('is draining from its stop signal on, and is removed when it has stopped', async () => {
    await using world = await following((engine) => engine.set(id));
    world.engine.emit(id, 'kill', '1');
    world.engine.emit(id, 'kill', '15');
    await world.state('draining');
    world.engine.set(id, { status: 'exited', exitCode: 143 });
    world.engine.emit(id, 'die');
    await world.state(undefined);
    world.engine.set(id);
    world.engine.emit(id, 'start');
    await world.state('serving');
  });

  test('that crashed stays failing for a time, unless it is started again', async () => {
    await using world = await following((engine) => engine.set(id), 400);
    world.engine.set(id, { status: 'exited', exitCode: 137, ports: {}, networks: {} });
    world.engine.emit(id, 'die');
    await world.state('exited 137');
    expect(world.spec()?.port).toBe(8080);
    await world.state(undefined);
  });

  test('stays as it is while the engine does not answer', async () => {
    await using world = await following((engine) => engine.set(id));
    world.engine.broken = 500;
    world.engine.emit(id, 'die');
    await until(
      'the engine was asked',
      () => world.engine.requests.filter((one) => one.endsWith('/containers/json')).length >= 4,
    );
    expect(world.health()).toEqual({ state: 'serving' });
    world.engine.broken = undefined;
    world.engine.remove(id);
    await world.state(undefined);
  });

  test('whose process ends while the engine does not answer is failing', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    await using world = await following((engine) => engine.set(id, { pid: child.pid ?? 0 }));
    world.engine.broken = 500;
    world.engine.emit(id, 'update');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await world.state('its process ended while the engine did not answer');
  });

  test('of an earlier agent is kept until the engine answers', async () => {
    await using world = await following((engine) => {
      engine.broken = 500;
    });
    expect(world.isBegun).toBe(false);
    const spec = InstanceSpec.parse({ service: 'web', id: short, labels: { 'docker.id': short } });
    world.docker.adopt(spec, { state: 'serving' });
    world.engine.emit(id, 'start');
    await world.state('serving');
    expect(new Set(world.answers)).toEqual(new Set(['docker away']));
    world.engine.broken = undefined;
    await world.state(undefined);
    expect(world.answers.at(-1)).toBe('docker ok');
  });
});

describe('labels that are wrong', () => {
  test.each<[Record<string, string>, string]>([
    [{ 'rollcall.service': 'web', 'rollcall.port': 'x' }, 'port'],
    [{ 'rollcall.service': 'web', 'rollcall.prot': '80' }, 'prot'],
    [
      { 'rollcall.service': 'web', 'rollcall.port': '81', 'rollcall.address': 'host' },
      'not published',
    ],
    [{ 'rollcall.service': 'web', 'rollcall.check.exec': '["id"]' }, 'check'],
    [{ 'rollcall.service': 'a\u0007b' }, 'control characters'],
  ])('%j register nothing, and are reported once', async (labels, complaint) => {
    await using world = await following((engine) => engine.set(id, { labels }));
    expect(world.spec()).toBeUndefined();
    world.engine.emit(id, 'update');
    await until(
      'it was read again',
      () => world.engine.requests.filter((one) => one.includes(id)).length > 2,
    );
    expect(world.complaints).toHaveLength(1);
    expect(world.complaints[0]).toContain(complaint);
  });

  test('of one service leave the others alone', async () => {
    const labels = { 'rollcall.services.a.port': '80', 'rollcall.services.b.port': 'x' };
    await using world = await following((engine) => engine.set(id, { labels }));
    expect(world.sources.initial.specs.map(({ service }) => `${service}`)).toEqual(['a']);
  });
});
