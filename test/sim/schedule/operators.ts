import type { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { ManualCollection } from '../../../src/runtime/collector/manual-collection.ts';
import {
  endHoldEarly,
  endOfHold,
  planHold,
  setPolicy,
} from '../../../src/runtime/operator/operator-actions.ts';
import { repairStore } from '../../../src/runtime/operator/repair-store.ts';
import { signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { type FleetInMemory, slotAt } from '../../runtime/support/fleet-in-memory.ts';
import type { Process } from '../../runtime/support/process.ts';

/** A host, or one of its agents. */
type Held = readonly [HostId, AgentName | undefined];

/** Operators: they set holds, set the policy, and collect by hand. */
export class Operators {
  readonly process: Process;
  readonly #fleet: FleetInMemory;
  /** Aborts their pending actions. */
  #patience = new AbortController();
  readonly #held = new Map<string, Held>();

  constructor(fleet: FleetInMemory) {
    this.#fleet = fleet;
    this.process = fleet.process('desk');
  }

  hold(place: string, wholeHost: boolean, lasts: Millis): void {
    const { host, agent } = slotAt(place);
    const { ports } = this.process;
    const of = { host, ...(!wholeHost && { agent }) };
    this.#held.set(holdKey(host, of.agent), [host, of.agent]);
    this.#try(async (signal) => {
      const plan = { ...of, until: await endOfHold(lasts, ports) };
      await planHold(this.#author(), plan, ports, signal);
    });
  }

  release(place: string, wholeHost: boolean): void {
    const { host, agent } = slotAt(place);
    this.#try((signal) => this.#release([host, wholeHost ? undefined : agent], signal));
  }

  setPolicy({ seats, pace, fraction }: { seats: number; pace: Millis; fraction: number }): void {
    const brake = { fraction, release: fraction / 2, pace };
    this.#try((signal) =>
      setPolicy(
        this.#author(),
        (now) => ({ ...now, seats, brake: { ...now.brake, ...brake } }),
        this.process.ports,
        signal,
      ),
    );
  }

  /** `repair --yes`: accepts what the audit has lost. */
  repair(): void {
    this.#try(() => repairStore(this.#author(), this.process.ports));
  }

  /** `gc run --watch`: the work of a collector without a seat. */
  visit(lasts: Millis): void {
    this.#try(async (signal) => {
      const visit = new ManualCollection(this.#author(), this.#fleet.lease, this.process.ports, {
        onCommitted() {},
        onSighted() {},
        onBlinded() {},
      });
      // An interrupted operator gives up, and does not wait for a view that never loads.
      signal.addEventListener('abort', () => void visit[Symbol.asyncDispose]());
      await visit.sweep(signal);
      if (!signal.aborted) await visit.watch(lasts, signal);
      await visit[Symbol.asyncDispose]();
    });
  }

  /** The operators stop, and release their holds. */
  goHome(): void {
    this.#patience.abort('they go home');
    this.#patience = new AbortController();
    for (const of of this.#held.values()) this.#try((signal) => this.#release(of, signal));
    this.#held.clear();
  }

  #release([host, agent]: Held, signal: AbortSignal): Promise<unknown> {
    const of = { host, ...(agent !== undefined && { agent }) };
    return endHoldEarly(this.#author(), of, this.process.ports, signal);
  }

  #author() {
    const { ports } = this.process;
    return signingAuthor({ ...slotAt('desk/person'), run: ports.entropy.runId() }, ports);
  }

  #try(attempt: (signal: AbortSignal) => Promise<unknown>): void {
    attempt(this.#patience.signal).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'Fault')) this.#fleet.bugs.push(error);
    });
  }
}
