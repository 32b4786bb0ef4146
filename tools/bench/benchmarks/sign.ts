import { systemHash } from '../../../src/adapters/system/hash.ts';
import { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';
import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { readHold, type StoredHold } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { buildHold, extendHold } from '../../../src/runtime/transitions/fleet-changes.ts';
import {
  type Author,
  type Change,
  signingAuthor,
} from '../../../src/runtime/transitions/record-change.ts';
import type { Benchmark } from '../benchmark.ts';
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
    ];
  },
};

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

  async #commit({ write, events }: Change): Promise<void> {
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
