import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import { Directory } from '../../../../src/runtime/directory/directory.ts';
import type { DirectoryChange } from '../../../../src/runtime/directory/row-changes.ts';
import type { Benchmark } from '../../benchmark.ts';
import { portOf } from '../../environment/free-ports.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';

const lease = { ttl: seconds(15), grace: seconds(30) };
const killsOf = (quick: boolean): number => (quick ? 10 : 40);

/** A program in any language is attached to its instance and killed: when a consumer has it as failing. */
export const attached: Benchmark = {
  name: 'attached',
  takes: (quick) => seconds(5) + killsOf(quick) * seconds(2),

  async measure(stage) {
    const { ports, quick, say, start } = stage;
    const view = new Changes();
    await using _ = new Directory(ports, { seatsEvery: seconds(15), onChange: view.take });
    await using _collector = await start('collect', { lease });
    await using agent = await start('keep-api', { lease });
    await using removed = new AsyncDisposableStack();
    removed.defer(() => rm(agent.answer.stateDir, { recursive: true, force: true }));
    const samples: Millis[] = [];
    const closed: Millis[] = [];
    for (let n = 1; n <= killsOf(quick); n += 1) {
      say(`kill ${n} of ${killsOf(quick)}`);
      samples.push(await killOnce(`${agent.answer.url}/v1/instances/web/i${n}`, view, stage));
      closed.push(await closeOnce(stage));
    }
    const what =
      'SIGKILL of a program that is attached over HTTP → its instance is failing at a consumer';
    const floor = { what: 'SIGKILL → its HTTP connection closes at the server', samples: closed };
    return [
      { name: 'attached', what, unit: 'ms', samples, floor, limit: { of: 'median', atMost: 50 } },
    ];
  },
};

async function killOnce(
  url: string,
  view: Changes,
  { start }: BenchmarkNamespace,
): Promise<Millis> {
  const served = view.reaches('live');
  const answer = await fetch(url, { method: 'PUT', body: '{}', headers: json });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  await served;
  await using program = await start('attach', { url: `${url}/attach` });
  const failed = view.reaches('failing');
  const at = performance.now();
  program.kill('SIGKILL');
  const took = (await failed) - at;
  const gone = view.reaches(undefined);
  await fetch(url, { method: 'DELETE' });
  await gone;
  return took;
}

const json = { 'content-type': 'application/json' };

/** The states of the only instance, as a consumer receives them. */
class Changes {
  #wanted: { state: string | undefined; resolve: (at: MonotonicTime) => void } | undefined;

  readonly take = (changes: readonly DirectoryChange[]): void => {
    const at = performance.now();
    if (changes.some(({ now }) => now?.state === this.#wanted?.state)) this.#wanted?.resolve(at);
  };

  /** When the instance has this state; undefined: when it is removed. */
  reaches(state: string | undefined): Promise<MonotonicTime> {
    return new Promise((resolve) => {
      this.#wanted = { state, resolve };
    });
  }
}

async function closeOnce({ start }: BenchmarkNamespace): Promise<Millis> {
  const closed = Promise.withResolvers<MonotonicTime>();
  const server = createServer((request, response) => {
    response.write('{}\n');
    request.socket.once('close', () => closed.resolve(performance.now()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await using program = await start('attach', { url: `http://127.0.0.1:${portOf(server)}/` });
    const at = performance.now();
    program.kill('SIGKILL');
    return (await closed.promise) - at;
  } finally {
    server.close();
  }
}
