import { setTimeout as pause } from 'node:timers/promises';
import type { Slot } from '../../../src/domain/identity/names.ts';
import { agentMapKey } from '../../../src/domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import { RegistryCache } from '../../../src/runtime/support/registry-cache.ts';
import type { Benchmark } from '../benchmark.ts';
import { deleteBare } from '../fixture/baseline-deletes.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';

const instances = 1000;
const lease = { ttl: seconds(2), grace: seconds(1) };
const roundsOf = (quick: boolean): number => (quick ? 3 : 11);

/** From the `expired` write to the last instance gone, as one consumer sees both. */
export const removal: Benchmark = {
  name: 'removal',
  takes: (quick) => seconds(3) + roundsOf(quick) * seconds(6),

  async measure(stage) {
    const { quick, say } = stage;
    const rounds = roundsOf(quick);
    await stage.start('collect', { lease });
    const samples: number[] = [];
    const floor: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`run ${round} of ${rounds}: ${instances} instances`);
      samples.push(await removeOnce(`host-${round}`, stage));
      floor.push(await deleteBare(`bare-${round}`, instances, stage));
    }
    return [
      {
        name: removal.name,
        what: `${instances} instances of an expired run removed, with their events`,
        unit: 'ms',
        samples,
        floor: { what: `${instances} bare conditional deletes`, samples: floor },
        limit: { of: 'median', atMost: 150 },
      },
    ];
  },
};

async function removeOnce(host: string, stage: BenchmarkNamespace): Promise<Millis> {
  const alone = { host, agents: 1, instances, lease };
  await using worker = await stage.start('keep-agents', alone);
  const [run] = worker.answer;
  if (run === undefined) throw new Error('no agent');
  await using watch = new RemovalWatch(run, stage);
  await watch.complete();
  worker.kill('SIGKILL');
  return await watch.took();
}

/** A consumer that records when it sees the run of a slot expired, and when it sees the slot empty. */
class RemovalWatch implements AsyncDisposable {
  readonly #slot: string;
  readonly #view: RegistryCache;
  readonly #stage: BenchmarkNamespace;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  #expired: MonotonicTime | undefined;
  #gone: MonotonicTime | undefined;

  constructor(slot: Slot, stage: BenchmarkNamespace) {
    this.#slot = agentMapKey(slot);
    this.#stage = stage;
    this.#view = new RegistryCache(stage.ports, { after: () => this.#look() });
    this.#following = this.#view.follow(this.#stop.signal);
  }

  /** Resolves when it sees all the instances. */
  async complete(): Promise<void> {
    while (this.#standing !== instances) await this.#pause();
  }

  async took(): Promise<Millis> {
    while (this.#gone === undefined) await this.#pause();
    return this.#gone - (this.#expired ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  get #standing(): number {
    return this.#view.fleet.slot(this.#slot)?.instances.size ?? 0;
  }

  #look(): void {
    const agent = this.#view.fleet.slot(this.#slot)?.agent;
    if (agent?.kind === 'stored' && agent.record.phase === 'expired') {
      this.#expired ??= performance.now();
    }
    if (this.#expired !== undefined && this.#standing === 0) this.#gone ??= performance.now();
  }

  #pause(): Promise<void> {
    return pause(20, undefined, { signal: this.#stage.signal });
  }
}
