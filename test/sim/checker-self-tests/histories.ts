import type { AuditEvent, ChainRef } from '../../../src/domain/events/event-schema.ts';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { InstanceId, RunId, ServiceName } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { slotAt } from '../../runtime/support/fleet-in-memory.ts';
import type { Checks, Written } from '../checkers/checks.ts';
import type { ConsumerProcess } from '../phases/consumer-process.ts';
import type { Death } from '../phases/single-crash.ts';
import type { Shape } from '../schedule/parameters.ts';
import { Simulated } from '../simulation-result.ts';

/** The smallest fleet on which every checker can be tested. */
const shape: Shape = {
  ...{ hosts: 1, agentsPerHost: 1, collectors: 1, consumers: 1, instances: 1, seats: 1 },
  ...{ slack: 0, drift: 0, sweepEvery: 100, aliveEvery: 1000, pace: seconds(10) },
  shared: false,
  lease: { ttl: seconds(6), grace: seconds(10) },
};

export async function smallFleet(): Promise<Simulated> {
  const sim = new Simulated({ seed: 1, shape, happenings: [] });
  await sim.begin();
  sim.roster.wantOneMore('h1/a');
  await sim.advance(seconds(1));
  return sim;
}

export const run = (n: number): RunId => RunId.parse(`lie${String(n).padStart(6, '0')}`);
const slot = slotAt('h1/a');
export const ofRun = (n: number): ChainRef => ({ entity: 'run', ...slot, run: run(n) });
export const ofInstance = (n: number): ChainRef => ({
  ...{ entity: 'instance', ...slot, run: run(n) },
  ...{ service: ServiceName.parse('web'), id: InstanceId.parse('1') },
});

interface Claim extends Partial<Pick<AuditEvent, 'prev' | 'record' | 'at' | 'evidence'>> {
  readonly by?: RunId | undefined;
  readonly from?: string;
}

/** A collector that is not part of the fleet. */
export const another = { by: run(9), from: 'c1/collector' };

/** An event that claims a transition. Without `by` the run itself is the actor. */
export const claimed = (
  of: ChainRef,
  type: string,
  { by = of.run, from = 'h1/a', ...more }: Claim = {},
): AuditEvent =>
  ({
    ...{ of, event: { type }, actor: { ...slotAt(from), run: by }, at: 0, n: 1 },
    ...{ prev: null, record: {}, ...more },
  }) as AuditEvent;

/** Passes a write to the checker that the store never had. */
export function write(
  checks: Checks,
  events: readonly AuditEvent[],
  records: Written['records'] = [],
  at = seconds(100),
): void {
  checks.onWritten?.({ at, events, records });
}

/** The removal of a record with this text before. */
export const removedAt = (key: string, before: string | undefined): Written['records'][number] => ({
  ...{ key, revision: 9, text: undefined },
  before: { revision: 7, text: before },
});

/** A death within all bounds. */
export const goodDeath: Death = {
  ...{ run: run(1), instances: 1, at: 0, dubiousAt: 10, goneAt: seconds(10) },
  ...{ commits: 3, attempts: 3, crowded: [] },
};

/** A consumer with these rows in its view, independent of the registry. */
export function seeing(
  sim: Simulated,
  rows: readonly Partial<InstanceRow>[],
  { age = 0, notified = rows }: { age?: number; notified?: readonly Partial<InstanceRow>[] } = {},
): { show(rows: readonly Partial<InstanceRow>[]): void } {
  const [[name, consumer] = []] = sim.roster.consumers;
  if (name === undefined || !consumer) throw new Error('a consumer is needed');
  let shown = rows;
  const directory = { age, instances: () => shown, usable: () => [], unreadable: () => [] };
  sim.roster.consumers.set(name, {
    ...{ process: consumer.process, told: () => notified },
    directory: directory as unknown as Directory,
  } as unknown as ConsumerProcess);
  return {
    show: (others) => {
      shown = others;
    },
  };
}

export const row = (more: Partial<InstanceRow>): Partial<InstanceRow> => ({
  ...{ ...slot, service: ServiceName.parse('web'), id: InstanceId.parse('1'), run: run(1) },
  ...{ state: 'live', reason: null, token: 5, health: { state: 'serving', detail: null }, ...more },
});
