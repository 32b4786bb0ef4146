import type { FleetControls } from '../../domain/fleet/fleet-controls.ts';
import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import type { BrakeRecord, DrainRecord, HoldRecord } from '../../domain/records/schemas.ts';

/** A change of the fleet as a whole; `now` is undefined if the record was removed. */
export type FleetChange =
  | {
      readonly of: 'hold';
      readonly before: HoldRecord | undefined;
      readonly now: HoldRecord | undefined;
    }
  | {
      readonly of: 'drain';
      readonly before: DrainRecord | undefined;
      readonly now: DrainRecord | undefined;
    }
  | {
      readonly of: 'brake';
      readonly before: BrakeRecord | undefined;
      readonly now: BrakeRecord | undefined;
    }
  | { readonly of: 'policy'; readonly before: FleetPolicy; readonly now: FleetPolicy };

/** Finds changes of holds, drains, brakes and policy since the last call. */
export class FleetChangeDetector {
  #holds: ReadonlyMap<string, HoldRecord> = new Map();
  #drains: ReadonlyMap<string, DrainRecord> = new Map();
  #brakes: ReadonlyMap<string, BrakeRecord> = new Map();
  #policy: FleetPolicy | undefined;

  /** The first policy is not a change. */
  changes(state: FleetControls): readonly FleetChange[] {
    const holds = new Map([...state.holds()].map(({ key, record }) => [key, record]));
    const drains = new Map([...state.drains()].map(({ key, record }) => [key, record]));
    const brakes = new Map(
      [...state.brakes()].flatMap((read) =>
        read.kind === 'stored' ? [[read.key, read.record]] : [],
      ),
    );
    const { policy } = state;
    const changes: FleetChange[] = [
      ...differences(this.#holds, holds).map((change) => ({ of: 'hold' as const, ...change })),
      ...differences(this.#drains, drains).map((change) => ({ of: 'drain' as const, ...change })),
      ...differences(this.#brakes, brakes).map((change) => ({ of: 'brake' as const, ...change })),
    ];
    const before = this.#policy ?? policy;
    if (JSON.stringify(before) !== JSON.stringify(policy)) {
      changes.push({ of: 'policy', before, now: policy });
    }
    this.#holds = holds;
    this.#drains = drains;
    this.#brakes = brakes;
    this.#policy = policy;
    return changes;
  }
}

function differences<R extends { readonly hash: string }>(
  before: ReadonlyMap<string, R>,
  now: ReadonlyMap<string, R>,
): readonly { readonly before: R | undefined; readonly now: R | undefined }[] {
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((key) => ({ before: before.get(key), now: now.get(key) }))
    .filter((one) => one.before?.hash !== one.now?.hash);
}
