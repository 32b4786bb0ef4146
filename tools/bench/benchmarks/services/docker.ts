import { Engine } from '../../../../src/adapters/docker/engine.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import { Directory } from '../../../../src/runtime/directory/directory.ts';
import type { Benchmark } from '../../benchmark.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';
import { type BenchContainers, openContainers } from '../../fixture/docker.ts';

const lease = { ttl: seconds(15), grace: seconds(30) };
const startsOf = (quick: boolean): number => (quick ? 5 : 20);
const containersOf = (quick: boolean): number => (quick ? 40 : 200);
const socketPath = '/var/run/docker.sock';

/** Containers of a real engine: when a started one is registered, and when all are after an agent starts. */
export const docker: Benchmark = {
  name: 'docker',
  takes: (quick) => seconds(20) + startsOf(quick) * seconds(4) + containersOf(quick) * seconds(1),

  async measure(stage) {
    const { env, ports, quick, say } = stage;
    await using containers = await openContainers(env);
    if (!containers) {
      say('there is no Docker engine with the image of ROLLCALL_TEST_IMAGE here');
      return [];
    }
    const view = new Instances();
    await using directory = new Directory(ports, {
      seatsEvery: seconds(15),
      onChange: () => view.changed(directory.instances('bench').length),
    });
    await directory.ready;
    const starts = await measureStarts(view, containers, stage);
    const reconciles = await measureReconcile(view, containers, stage);
    return [
      {
        ...{ name: 'docker-event', unit: 'ms', limit: { of: 'median', atMost: 100 } },
        what: 'the engine reports a started container → a consumer has its instance',
        samples: starts.map(({ ours }) => ours),
        floor: {
          what: 'the list and this container are read from the engine, and nothing is registered',
          samples: starts.map(({ bare }) => bare),
        },
      },
      {
        ...{ name: 'docker-reconcile', unit: 'ms', limit: { of: 'median', atMost: 2000 } },
        what: `an agent asks the engine → it has registered ${containersOf(quick)} running containers`,
        samples: reconciles.map(({ ours }) => ours),
        floor: {
          what: 'the engine is asked for the list and for each container, eight at a time',
          samples: reconciles.map(({ bare }) => bare),
        },
      },
    ];
  },
};

interface Compared {
  readonly ours: Millis;
  readonly bare: Millis;
}

async function measureStarts(
  view: Instances,
  containers: BenchContainers,
  { start, say, quick, signal }: BenchmarkNamespace,
): Promise<readonly Compared[]> {
  await using _agent = await start('keep-containers', { lease, socketPath });
  const over = new AbortController();
  const engine = new Engine(socketPath);
  const open = Promise.withResolvers<void>();
  let reported = Promise.withResolvers<MonotonicTime>();
  const following = engine
    .follow(
      open.resolve,
      ({ action }) => {
        if (action === 'start') reported.resolve(performance.now());
      },
      AbortSignal.any([signal, over.signal]),
    )
    .catch(open.reject);
  await open.promise;
  const compared: Compared[] = [];
  for (let n = 1; n <= startsOf(quick); n += 1) {
    say(`container ${n} of ${startsOf(quick)}`);
    const [name = ''] = await containers.create(1);
    reported = Promise.withResolvers();
    const registered = view.reaches(1);
    await containers.start(name);
    const at = await reported.promise;
    const ours = (await registered) - at;
    const began = performance.now();
    await engine.get('/containers/json?all=1', signal);
    await engine.get(`/containers/${name}/json`, signal);
    const bare = performance.now() - began;
    const gone = view.reaches(0);
    await containers.remove(name);
    await gone;
    compared.push({ ours, bare });
  }
  over.abort();
  await following;
  return compared;
}

async function measureReconcile(
  view: Instances,
  containers: BenchContainers,
  { start, say, quick, signal }: BenchmarkNamespace,
): Promise<readonly Compared[]> {
  const count = containersOf(quick);
  say(`starting ${count} containers`);
  const names = await containers.create(count);
  for (const name of names) {
    signal.throwIfAborted();
    await containers.start(name);
  }
  const compared: Compared[] = [];
  for (let n = 1; n <= 3; n += 1) {
    say(`agent ${n} of 3`);
    const registered = view.reaches(count);
    const agent = await start('keep-containers', { lease, socketPath });
    await registered;
    const ours = agent.answer.took;
    const bare = await askForAll(names, signal);
    const gone = view.reaches(0);
    agent.kill('SIGTERM');
    await gone;
    await agent[Symbol.asyncDispose]();
    compared.push({ ours, bare });
  }
  await containers.remove(...names);
  return compared;
}

async function askForAll(names: readonly string[], signal: AbortSignal): Promise<Millis> {
  const engine = new Engine(socketPath);
  const began = performance.now();
  await engine.get('/containers/json?all=1', signal);
  const left = [...names];
  const ask = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop())
      await engine.get(`/containers/${name}/json`, signal);
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return performance.now() - began;
}

/** How many instances a consumer has. */
class Instances {
  #wanted: { count: number; resolve: (at: MonotonicTime) => void } | undefined;

  changed(count: number): void {
    if (count === this.#wanted?.count) this.#wanted.resolve(performance.now());
  }

  reaches(count: number): Promise<MonotonicTime> {
    return new Promise((resolve) => {
      this.#wanted = { count, resolve };
    });
  }
}
