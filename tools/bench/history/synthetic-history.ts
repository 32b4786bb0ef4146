import { AgentName, HostId, RunId, type RunRef } from '../../../src/domain/identity/names.ts';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import {
  type DesiredInstance,
  InstanceSpec,
} from '../../../src/domain/records/desired-instances.ts';
import {
  readAgent,
  readInstance,
  type StoredAgent,
  type StoredInstance,
} from '../../../src/domain/records/stored-record.ts';
import type { Revision } from '../../../src/domain/time.ts';
import {
  registerInstance,
  removeInstance,
  transitionInstance,
} from '../../../src/runtime/transitions/instance-changes.ts';
import type { Author, Change } from '../../../src/runtime/transitions/record-change.ts';
import {
  buildClaim,
  removeRun,
  transitionRun,
} from '../../../src/runtime/transitions/run-changes.ts';
import { type SealedChange, sealChange } from '../../../src/runtime/transitions/seal-changes.ts';
import { type HistoryCommit, HistoryWriter, type WriterOptions } from './history-writer.ts';
import { seededFractions } from './seeded-random.ts';

export interface HistoryOptions extends WriterOptions {
  readonly agents?: number;
  /** Maximum per agent. */
  readonly instances?: number;
  readonly seed?: number;
}

interface Running {
  /** Of its host. */
  readonly n: number;
  readonly author: Author;
  agent: StoredAgent;
  readonly instances: Map<string, StoredInstance>;
}

type Commits<T = void> = Generator<HistoryCommit, T, undefined>;

/**
 * A valid history of at least the given number of events: agents start, register, fail, recover, die, are
 * removed and start again. Records and events are those that the runtime writes. The same seed gives
 * the same history.
 */
export function* history(events: number, options: HistoryOptions = {}): Commits {
  const { agents = 200, instances = 5 } = options;
  const writer = new HistoryWriter(options);
  const world = new World(writer, options);
  const running: (Running | undefined)[] = [];
  while (writer.seq < events) {
    const n = Math.floor(world.fraction() * agents);
    const there = running[n];
    if (there) running[n] = yield* world.live(there, instances);
    else running[n] = yield* world.start(n, instances);
  }
  yield* writer.close();
}

const main = AgentName.parse('main');

/** The collector that removes them. */
const collector: RunRef = {
  host: HostId.parse('watch'),
  agent: AgentName.parse('collector'),
  run: RunId.parse('collector0'),
};

class World {
  readonly fraction: () => number;
  readonly #writer: HistoryWriter;
  #ids = 0;

  constructor(writer: HistoryWriter, { seed = 1 }: HistoryOptions) {
    this.fraction = seededFractions(seed);
    this.#writer = writer;
  }

  *start(n: number, instances: number): Commits<Running> {
    this.#ids += 1;
    const run = RunId.parse(`run${String(this.#ids).padStart(9, '0')}`);
    const me = { host: HostId.parse(`host-${n}.example`), agent: main, run };
    const author = this.#author(me);
    const process = { boot: 'boot', namespace: 'pid', pid: n };
    const claim = { ...me, ttl: 15_000, grace: 30_000, process, startedAt: this.#writer.now };
    const agent = yield* this.#agent(
      buildClaim(author, this.#writer.absent(agentKey(me)), claim, {}),
    );
    const running: Running = { n, author, agent, instances: new Map() };
    for (let k = 0; k < instances; k += 1) yield* this.#register(running, `web-${n}-${k}`);
    return running;
  }

  /** Performs the next change of an agent; undefined: the agent was removed. */
  *live(there: Running, most: number): Commits<Running | undefined> {
    const { phase, suspect } = there.agent.record;
    if (phase === 'expired') return yield* this.#remove(there);
    const what = this.fraction();
    if (phase === 'registering') return yield* this.#run(there, { type: 'announced' });
    if (suspect) return yield* this.#settle(there, what);
    if (what < 0.05) return yield* this.#suspect(there);
    const all = [...there.instances.values()];
    const one = all[Math.floor(this.fraction() * all.length)];
    if (one === undefined || (what < 0.1 && all.length < most)) {
      // The id contains the host number. Without it, a quarter of all names would be contested.
      yield* this.#register(there, `web-${there.n}-${Math.floor(this.fraction() * 10_000)}`);
    } else if (what < 0.15) {
      yield* this.#take(removeInstance(there.author, one, 'deregistered'));
      there.instances.delete(one.key);
    } else if (what < 0.25) {
      const spec = { ...specOf(one.record.service, one.record.id), port: Math.floor(what * 9999) };
      yield* this.#instance(
        there,
        must(
          transitionInstance(there.author, one, {
            type: 'changed',
            spec,
            health: { state: 'serving' },
          }),
        ),
      );
    } else {
      const move =
        one.record.state === 'serving'
          ? ({ type: 'failed', detail: 'connection refused' } as const)
          : ({ type: 'recovered' } as const);
      yield* this.#instance(there, must(transitionInstance(there.author, one, move)));
    }
    return there;
  }

  *#suspect(there: Running): Commits<Running> {
    const evidence = { silentFor: 15_100, lease: 'absent', probe: 'nobody' };
    const suspicion = { type: 'suspected', reason: 'silent' } as const;
    const change = transitionRun(this.#author(collector), there.agent, suspicion, { evidence });
    there.agent = yield* this.#agent(must(change));
    return there;
  }

  /** Ends a suspicion. Most agents recover. */
  *#settle(there: Running, what: number): Commits<Running> {
    if (what < 0.8) return yield* this.#run(there, { type: 'regranted' });
    const change = transitionRun(this.#author(collector), there.agent, { type: 'expired' });
    there.agent = yield* this.#agent(must(change));
    return there;
  }

  *#run(there: Running, move: { type: 'announced' | 'regranted' }): Commits<Running> {
    there.agent = yield* this.#agent(must(transitionRun(there.author, there.agent, move)));
    return there;
  }

  *#remove({ agent, instances }: Running): Commits<undefined> {
    const by = this.#author(collector);
    const because = { cause: agent.record.hash };
    for (const one of instances.values()) {
      yield* this.#take(removeInstance(by, one, 'owner-expired', because));
    }
    yield* this.#take(removeRun(by, agent, 'removed', because));
    return undefined;
  }

  *#register(there: Running, id: string): Commits {
    const spec = specOf('web', id);
    const key = instanceKey({ ...there.agent.record, ...spec });
    const before = there.instances.get(key);
    if (before) return;
    const wanted: DesiredInstance = { spec, health: { state: 'serving' } };
    const { host, agent, run } = there.agent.record;
    const head = this.#writer.head({
      entity: 'instance',
      host,
      agent,
      run,
      service: spec.service,
      id: spec.id,
    });
    yield* this.#instance(
      there,
      registerInstance(there.author, wanted, this.#writer.absent(key), head),
    );
  }

  *#agent(change: Change): Commits<StoredAgent> {
    const sealed = sealChange(change);
    const revision = yield* this.#store(sealed);
    const read = readAgent({ ...sealed.write, revision });
    if (read.kind !== 'stored') throw new Error(`an agent record that is ${read.kind}`);
    return read;
  }

  *#instance(there: Running, change: Change): Commits {
    const sealed = sealChange(change);
    const revision = yield* this.#store(sealed);
    const read = readInstance({ ...sealed.write, revision });
    if (read.kind !== 'stored') throw new Error(`an instance record that is ${read.kind}`);
    there.instances.set(read.key, read);
  }

  #take(change: Change): Commits<Revision> {
    return this.#store(sealChange(change));
  }

  /** Advances the clock before each change. */
  #store(change: SealedChange): Commits<Revision> {
    return this.#writer.take(change, Math.floor(this.fraction() * 1000));
  }

  #author(actor: RunRef): Author {
    const never = new Error('not asked for');
    return {
      actor,
      ports: {
        clock: {
          wall: () => this.#writer.now,
          monotonic: () => {
            throw never;
          },
          sleep: () => Promise.reject(never),
        },
        entropy: {
          runId: () => {
            throw never;
          },
          eventId: () => {
            this.#ids += 1;
            return `event-${this.#ids}`;
          },
          fraction: this.fraction,
        },
      },
    };
  }
}

const specOf = (service: string, id: string): InstanceSpec =>
  InstanceSpec.parse({ service, id, address: '10.0.0.1', labels: { zone: 'a', version: '1.2.3' } });

function must<T>(change: T | 'ignored'): T {
  if (change === 'ignored') throw new Error('the machine has no such transition');
  return change;
}
