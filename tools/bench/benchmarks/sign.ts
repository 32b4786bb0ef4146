import process from 'node:process';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import type { ChainHead } from '../../../src/domain/events/hash-chain.ts';
import { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';
import { holdKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { removalsPerBatch } from '../../../src/domain/policy/lease-policy.ts';
import {
  type DesiredInstance,
  InstanceSpec,
} from '../../../src/domain/records/desired-instances.ts';
import {
  type KeyValueEntry,
  readHold,
  readInstance,
  type StoredHold,
  type StoredInstance,
} from '../../../src/domain/records/stored-record.ts';
import { type Revision, seconds } from '../../../src/domain/time.ts';
import { buildHold, extendHold } from '../../../src/runtime/transitions/fleet-changes.ts';
import {
  registerInstance,
  removeInstance,
} from '../../../src/runtime/transitions/instance-changes.ts';
import {
  type Author,
  type Change,
  signingAuthor,
} from '../../../src/runtime/transitions/record-change.ts';
import { sealChange, sealChanges } from '../../../src/runtime/transitions/seal-changes.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';

const signingsAtOnce = 1000;

/** What a signature adds to one transition: to make its event, and to store record and event. */
export const sign: Benchmark = {
  name: 'sign',
  takes: (quick) => seconds(quick ? 5 : 20),

  async measure(stage) {
    const rounds = stage.quick ? 200 : 2000;
    stage.say(`storing ${2 * rounds} transitions, every other one signed`);
    const ports = { ...stage.ports, hash: systemHash };
    const actor = {
      host: HostId.parse('bench'),
      agent: AgentName.parse('operator'),
      run: RunId.parse('operator01'),
    };
    const signed = signingAuthor(actor, ports);
    const unsigned: Author = { actor, ports };
    const [ours, bare] = [new Writer(signed, stage, 'h1'), new Writer(unsigned, stage, 'h2')];
    await ours.begin();
    await bare.begin();
    const samples: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      samples.push(await ours.store());
      floor.push(await bare.store());
    }
    const { signer } = signed;
    const text = 'x'.repeat(900);
    const signing = perCall(() => signer?.sign(text));
    const sig = signer?.sign(text) ?? '';
    const checking = perCall(() => ports.signatures.check(signer?.key ?? '', text, sig));
    return [
      {
        name: sign.name,
        what: 'a signed transition, from making its event to the acknowledgement',
        unit: 'ms',
        samples,
        floor: { what: 'the same without a signature, in turns', samples: floor },
        limit: { of: 'times-floor', atMost: 1.1 },
        notes: { 'µs to sign': Math.round(signing), 'µs to check': Math.round(checking) },
      },
      await removals(stage, signed, unsigned),
    ];
  },
};

/** What signatures add to the largest commit of a collector. */
async function removals(
  stage: BenchmarkNamespace,
  signed: Author,
  unsigned: Author,
): Promise<Result> {
  const rounds = stage.quick ? 10 : 40;
  stage.say(`removing ${removalsPerBatch} instances in one commit, ${2 * rounds} times`);
  const [ours, bare] = [new Instances(signed, stage, 's'), new Instances(unsigned, stage, 'u')];
  const samples: number[] = [];
  const floor: number[] = [];
  const cpu = { signed: 0, unsigned: 0 };
  for (let round = 0; round < rounds; round += 1) {
    for (const [who, into, name] of [
      [ours, samples, 'signed'],
      [bare, floor, 'unsigned'],
    ] as const) {
      await who.register();
      const { ms, cpuMs } = await who.remove();
      into.push(ms);
      cpu[name] += cpuMs / rounds;
    }
  }
  return {
    name: 'sign-removals',
    what: `${removalsPerBatch} signed removals in one commit, from making the events to the acknowledgement`,
    unit: 'ms',
    samples,
    floor: { what: 'the same without a signature, in turns', samples: floor },
    limit: { of: 'times-floor', atMost: 1.1 },
    notes: {
      'ms of CPU signed': Number(cpu.signed.toFixed(1)),
      'ms of CPU unsigned': Number(cpu.unsigned.toFixed(1)),
    },
  };
}

/** Registers instances and removes them all in one commit, again and again. */
class Instances {
  readonly #author: Author;
  readonly #stage: BenchmarkNamespace;
  readonly #ids: readonly string[];
  readonly #revisions = new Map<string, Revision>();
  readonly #heads = new Map<string, ChainHead>();
  #stored: readonly StoredInstance[] = [];

  constructor(author: Author, stage: BenchmarkNamespace, name: string) {
    this.#author = author;
    this.#stage = stage;
    this.#ids = Array.from({ length: removalsPerBatch }, (_, n) => `${name}-${n}`);
  }

  async register(): Promise<void> {
    const changes = this.#ids.map((id) => {
      const spec = InstanceSpec.parse({ service: 'web', id, address: '10.0.0.1', port: 8080 });
      const key = instanceKey({ ...this.#author.actor, ...spec });
      const over = { kind: 'absent', key, revision: this.#revisions.get(key) ?? 0 } as const;
      const wanted: DesiredInstance = { spec, health: { state: 'serving' } };
      return registerInstance(this.#author, wanted, over, this.#heads.get(key));
    });
    const stored = await this.#commit(changes);
    this.#stored = stored.map(readInstance).filter((read) => read.kind === 'stored');
  }

  /** @returns how long it took, and the CPU time of this process, in ms */
  async remove(): Promise<{ readonly ms: number; readonly cpuMs: number }> {
    const began = performance.now();
    const before = process.cpuUsage();
    await this.#commit(this.#stored.map((one) => removeInstance(this.#author, one, 'left')));
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
  }

  async #commit(changes: readonly Change[]): Promise<readonly KeyValueEntry[]> {
    const sealed = sealChanges(changes);
    const result = await this.#stage.ports.registry.commit({
      writes: sealed.map(({ write }) => write),
      events: sealed.flatMap(({ events }) => events),
    });
    if (result.outcome !== 'committed') throw new Error(`the commit ended as ${result.outcome}`);
    return sealed.map(({ write: { key, text }, head }) => {
      const revision = result.revisions.get(key) ?? 0;
      this.#revisions.set(key, revision);
      this.#heads.set(key, head);
      return { key, text, revision };
    });
  }
}

/** Extends a hold again and again: one record and one event for each. */
class Writer {
  readonly #author: Author;
  readonly #stage: BenchmarkNamespace;
  readonly #plan: { readonly host: HostId; until: number };
  #stored: StoredHold | undefined;

  constructor(author: Author, stage: BenchmarkNamespace, host: string) {
    this.#author = author;
    this.#stage = stage;
    this.#plan = { host: HostId.parse(host), until: stage.ports.clock.wall() + seconds(3600) };
  }

  async begin(): Promise<void> {
    const key = holdKey(this.#plan.host, undefined);
    const { entropy } = this.#stage.ports;
    await this.#commit(buildHold(this.#author, { key, revision: 0 }, entropy.runId(), this.#plan));
  }

  /** @returns how long it took in ms */
  async store(): Promise<number> {
    const began = performance.now();
    this.#plan.until += 1;
    if (!this.#stored) throw new Error('the hold was not stored');
    await this.#commit(extendHold(this.#author, this.#stored, this.#plan));
    return performance.now() - began;
  }

  async #commit(change: Change): Promise<void> {
    const { write, events } = sealChange(change);
    const result = await this.#stage.ports.registry.commit({ writes: [write], events });
    const revision = 'revisions' in result ? result.revisions.get(write.key) : undefined;
    if (revision === undefined) throw new Error(`the commit ended as ${result.outcome}`);
    const read = readHold({ key: write.key, revision, text: write.text });
    this.#stored = read.kind === 'stored' ? read : undefined;
  }
}

/** Microseconds of one call. */
function perCall(call: () => unknown): number {
  const began = performance.now();
  for (let n = 0; n < signingsAtOnce; n += 1) call();
  return ((performance.now() - began) * 1000) / signingsAtOnce;
}
