import { Resolver } from 'node:dns/promises';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { openDnsDoor } from '../../../../src/adapters/doors/dns/dns-door.ts';
import { FileDriver } from '../../../../src/adapters/doors/file/file-driver.ts';
import { openHttpDoor } from '../../../../src/adapters/doors/http/http-door.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import type { ServiceView } from '../../../../src/ports/service-view.ts';
import type { Benchmark } from '../../benchmark.ts';
import { openServiceView } from '../../environment/service-view.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';

const lease = { ttl: seconds(15), grace: seconds(30) };
const changesOf = (quick: boolean): number => (quick ? 10 : 40);
const at = { host: '127.0.0.1', port: 0 };
const clients = ['127.0.0.0/8'];

/** A service appears: when a waiting request is answered, DNS answers so, and a file has it. */
export const doors: Benchmark = {
  name: 'doors',
  takes: (quick) => seconds(5) + changesOf(quick) * seconds(3),

  async measure(stage) {
    const { ports, quick, say } = stage;
    await using view = await openServiceView(ports);
    await using opened = await openDoors(view, stage);
    const changes: Change[] = [];
    for (let n = 1; n <= changesOf(quick); n += 1) {
      say(`change ${n} of ${changesOf(quick)}`);
      changes.push(await changeOnce(`s${n}`, view, opened, stage));
    }
    const floor = {
      what: 'an HTTP request that need not wait, and its answer',
      samples: changes.map(({ asked }) => asked),
    };
    const row = (name: 'polled' | 'dns' | 'file', what: string, atMost: Millis) => ({
      ...{ name: `door-${name}`, what: `the directory changes → ${what}`, unit: 'ms' as const },
      ...{ limit: { of: 'median' as const, atMost }, floor },
      samples: changes.map((change) => change[name]),
    });
    return [
      row('polled', 'a waiting HTTP request is answered', 20),
      row('dns', 'DNS answers with the instance', 5),
      row('file', 'the file of sync file has it, with --wait 200ms:2s', 250),
    ];
  },
};

type Change = Readonly<Record<'asked' | 'polled' | 'dns' | 'file', Millis>>;

interface Doors extends AsyncDisposable {
  readonly url: string;
  readonly resolver: Resolver;
  readonly file: string;
}

async function openDoors(view: ServiceView, { ports }: BenchmarkNamespace): Promise<Doors> {
  const opened = new AsyncDisposableStack();
  const policy = 'any' as const;
  const dns = opened.use(
    await openDnsDoor({ ...at, view, policy, clients, zone: 'rollcall', ttl: seconds(1) }, ports),
  );
  const access = { names: [], token: undefined };
  const { url } = opened.use(
    await openHttpDoor(
      { ...at, ...access, view, policy, boot: 'bench', duration: z.coerce.number<Millis>() },
      ports,
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-file-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'services.json');
  const wait = { min: 200, max: seconds(2) };
  const driver = new FileDriver(
    {
      ...{ out: file, render: 'json', services: undefined, policy, mode: undefined },
      ...{ check: undefined, exec: undefined, wait, minInterval: seconds(1), keepLast: 0 },
    },
    view,
    ports,
  );
  const stop = new AbortController();
  const following = driver.follow(stop.signal);
  opened.defer(() => {
    stop.abort();
    return following;
  });
  const resolver = new Resolver();
  resolver.setServers([dns.address]);
  return { url, resolver, file, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A new service with one instance. Before, all doors are asked for it. */
async function changeOnce(
  service: string,
  view: ServiceView,
  { url, resolver, file }: Doors,
  { start, signal }: BenchmarkNamespace,
): Promise<Change> {
  const path = `${url}/v1/services/${service}/instances`;
  const { index } = (await (await fetch(path)).json()) as { index: string };
  const changed = new Promise<MonotonicTime>((resolve) => {
    const stop = view.onChange((names) => {
      if (!names.has(service)) return;
      stop();
      resolve(performance.now());
    });
  });
  const polled = fetch(`${path}?index=${index}&wait=60000`).then(async (answer) => {
    await answer.text();
    return performance.now();
  });
  const asked = when(async () => {
    const found = await resolver.resolve4(`${service}.service.rollcall`).catch(() => []);
    return found.length > 0;
  }, signal);
  const written = when(
    async () => (await readFile(file, 'utf8').catch(() => '')).includes(`"${service}"`),
    signal,
  );
  await using _ = await start('keep-service', { name: service, service, lease });
  const at = await changed;
  const [http, dns, renamed] = await Promise.all([polled, asked, written]);
  const askedAt = performance.now();
  await (await fetch(path)).text();
  return {
    asked: performance.now() - askedAt,
    ...{ polled: http - at, dns: dns - at, file: renamed - at },
  };
}

async function when(look: () => Promise<boolean>, signal: AbortSignal): Promise<MonotonicTime> {
  while (!(await look())) await pause(1, undefined, { signal });
  return performance.now();
}
