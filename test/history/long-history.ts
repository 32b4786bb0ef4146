import { InstanceSpec, type Wanted } from '../../src/domain/desired.ts';
import {
  readAgent,
  readInstance,
  type StoredAgent,
  type StoredInstance,
} from '../../src/domain/entry.ts';
import { agentKey, instanceKey } from '../../src/domain/keys.ts';
import { RunId, type RunRef } from '../../src/domain/names.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import type { Author, Change } from '../../src/runtime/change.ts';
import {
  moveInstance,
  registerInstance,
  removeInstance,
} from '../../src/runtime/instance-changes.ts';
import { moveRun, removeRun, takeSlot } from '../../src/runtime/run-changes.ts';
import { slotAt } from '../runtime/fleet-in-memory.ts';
import { seededFractions } from '../runtime/seeded.ts';

interface Running {
  readonly author: Author;
  agent: StoredAgent;
  readonly instances: Map<string, StoredInstance>;
}

/**
 * A true history of any length: so many agents that start, register, fail, recover, die, are removed
 * and start again, with every event as the runtime writes it. The same seed gives the same history.
 */
export function* longHistory(
  events: number,
  { agents = 200, instances = 5, seed = 1 } = {},
): Generator<StoredEvent, void, undefined> {
  const world = new World(seed);
  const running: (Running | undefined)[] = [];
  while (world.seq < events) {
    const n = Math.floor(world.fraction() * agents);
    const there = running[n];
    if (there) running[n] = yield* world.live(there, instances);
    else running[n] = yield* world.start(n, instances);
  }
}

/** The collector that removes them. */
const collector: RunRef = { ...slotAt('watch/collector'), run: RunId.parse('collector0') };

class World {
  seq = 0;
  readonly fraction: () => number;
  #origin = 1_000_000;
  #ids = 0;
  #now: Instant = Date.UTC(2026, 0, 1);

  constructor(seed: number) {
    this.fraction = seededFractions(seed);
  }

  *start(n: number, instances: number): Generator<StoredEvent, Running, undefined> {
    this.#ids += 1;
    const run = RunId.parse(`run${String(this.#ids).padStart(9, '0')}`);
    const me = { ...slotAt(`host-${n}.example/main`), run };
    const author = this.#author(me);
    const process = { boot: 'boot', namespace: 'pid', pid: n };
    const claim = { ...me, ttl: 15_000, grace: 30_000, process, startedAt: this.#now };
    const absent = { kind: 'absent', key: agentKey(me), revision: 0 } as const;
    let agent = yield* this.#agent(takeSlot(author, absent, claim, {}));
    const running: Running = { author, agent, instances: new Map() };
    for (let k = 0; k < instances; k += 1) yield* this.#register(running, `web-${n}-${k}`);
    agent = yield* this.#agent(must(moveRun(author, agent, { type: 'announced' })));
    running.agent = agent;
    return running;
  }

  *live(there: Running, most: number): Generator<StoredEvent, Running | undefined, undefined> {
    const what = this.fraction();
    const all = [...there.instances.values()];
    const one = all[Math.floor(this.fraction() * all.length)];
    if (what < 0.01) return yield* this.#die(there);
    if (what < 0.05) yield* this.#doubt(there);
    else if (one === undefined || (what < 0.1 && all.length < most)) {
      yield* this.#register(there, `web-${Math.floor(this.fraction() * 10_000)}`);
    } else if (what < 0.15) {
      yield* this.#take(removeInstance(there.author, one, 'deregistered'));
      there.instances.delete(one.key);
    } else if (what < 0.25) {
      const spec = { ...specOf(one.record.service, one.record.id), port: Math.floor(what * 9999) };
      yield* this.#instance(
        there,
        must(moveInstance(there.author, one, { type: 'changed', spec })),
      );
    } else {
      const move =
        one.record.state === 'serving'
          ? ({ type: 'failed', detail: 'connection refused' } as const)
          : ({ type: 'recovered' } as const);
      yield* this.#instance(there, must(moveInstance(there.author, one, move)));
    }
    return there;
  }

  *#doubt(there: Running): Generator<StoredEvent, void, undefined> {
    const evidence = { silentFor: 15_100, lease: 'absent', probe: 'nobody' };
    const suspicion = { type: 'suspected', reason: 'silent' } as const;
    const suspected = moveRun(this.#author(collector), there.agent, suspicion, { evidence });
    there.agent = yield* this.#agent(must(suspected));
    const regranted = moveRun(there.author, there.agent, { type: 'regranted' });
    there.agent = yield* this.#agent(must(regranted));
  }

  *#die(there: Running): Generator<StoredEvent, undefined, undefined> {
    const by = this.#author(collector);
    const suspicion = { type: 'suspected', reason: 'silent' } as const;
    const suspected = yield* this.#agent(must(moveRun(by, there.agent, suspicion)));
    const expired = yield* this.#agent(must(moveRun(by, suspected, { type: 'expired' })));
    const because = { cause: expired.record.hash };
    for (const one of there.instances.values()) {
      yield* this.#take(removeInstance(by, one, 'owner-expired', because));
    }
    yield* this.#take(removeRun(by, expired, 'removed', because));
    return undefined;
  }

  *#register(there: Running, id: string): Generator<StoredEvent, void, undefined> {
    const spec = specOf('web', id);
    const key = instanceKey({ ...there.agent.record, ...spec });
    const before = there.instances.get(key);
    if (before) return;
    const wanted: Wanted = { spec, health: { state: 'serving' } };
    const absent = { kind: 'absent', key, revision: 0 } as const;
    const head = this.#heads.get(`${there.agent.record.run} ${key}`);
    yield* this.#instance(there, registerInstance(there.author, wanted, absent, head));
  }

  readonly #heads = new Map<string, { n: number; hash: string }>();

  *#agent(change: Change): Generator<StoredEvent, StoredAgent, undefined> {
    const revision = yield* this.#take(change);
    const read = readAgent({ ...change.write, revision });
    if (read.kind !== 'stored') throw new Error(`an agent record that is ${read.kind}`);
    return read;
  }

  *#instance(there: Running, change: Change): Generator<StoredEvent, void, undefined> {
    const revision = yield* this.#take(change);
    const read = readInstance({ ...change.write, revision });
    if (read.kind !== 'stored') throw new Error(`an instance record that is ${read.kind}`);
    there.instances.set(read.key, read);
  }

  /** Stores the record, then its events. */
  *#take(change: Change): Generator<StoredEvent, number, undefined> {
    this.#now += Math.floor(this.fraction() * 1000);
    this.#origin += 1;
    const revision = this.#origin;
    for (const { subject, text } of change.events) {
      this.#origin += 1;
      this.seq += 1;
      yield { seq: this.seq, origin: this.#origin, storedAt: this.#now, subject, text };
    }
    const { run } = JSON.parse(change.events.at(-1)?.text ?? '{}').of;
    this.#heads.set(`${run} ${change.write.key}`, change.head);
    return revision;
  }

  #author(actor: RunRef): Author {
    const never = new Error('not asked for');
    return {
      actor,
      ports: {
        clock: {
          wall: () => this.#now,
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
