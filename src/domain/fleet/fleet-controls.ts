import type { Slot, ZoneName } from '../identity/names.ts';
import { brakeKey, holdKey, policyKey } from '../identity/registry-keys.ts';
import { defaultFleetPolicy, type FleetPolicy } from '../policy/fleet-policy.ts';
import type { BrakeRecord, HoldRecord, PolicyRecord } from '../records/schemas.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readBrake,
  readHold,
  readPolicy,
  type StoredHold,
  type Unreadable,
} from '../records/stored-record.ts';
import type { Revision } from '../time.ts';

type There<R> = Exclude<RecordRead<R>, { kind: 'absent' }>;

/** The fleet-wide records of the registry: holds, brakes and the policy. */
export class FleetControls {
  readonly #holds = new Map<string, There<HoldRecord>>();
  readonly #brakes = new Map<string, There<BrakeRecord>>();
  #policy: There<PolicyRecord> | undefined;

  clear(): void {
    this.#holds.clear();
    this.#brakes.clear();
    this.#policy = undefined;
  }

  /** Applies a change; `false` if the key belongs to none of these. */
  take(entry: KeyValueEntry): boolean {
    const { key } = entry;
    if (isHoldKey(key)) put(this.#holds, key, readHold(entry));
    else if (isBrakeKey(key)) put(this.#brakes, key, readBrake(entry));
    else if (key === policyKey) this.#policy = there(readPolicy(entry));
    else return false;
    return true;
  }

  /** The fleet policy; the defaults if the record is absent or unreadable. */
  get policy(): FleetPolicy {
    return this.#policy?.kind === 'stored' ? this.#policy.record.policy : defaultFleetPolicy;
  }

  /** The policy record with its author and time; undefined if the defaults apply. */
  get policyRecord(): There<PolicyRecord> | undefined {
    return this.#policy;
  }

  /**
   * The hold that covers a slot: its own or its host's. An unreadable hold counts too, because unknown
   * maintenance is no reason to expire a run.
   */
  holdOn({ host, agent }: Slot): There<HoldRecord> | undefined {
    if (this.#holds.size === 0) return undefined;
    return this.#holds.get(holdKey(host, agent)) ?? this.#holds.get(holdKey(host));
  }

  brakeOf(zone: ZoneName): There<BrakeRecord> | undefined {
    return this.#brakes.size === 0 ? undefined : this.#brakes.get(brakeKey(zone));
  }

  *holds(): Generator<StoredHold> {
    for (const hold of this.#holds.values()) if (hold.kind === 'stored') yield hold;
  }

  brakes(): IterableIterator<There<BrakeRecord>> {
    return this.#brakes.values();
  }

  *revisions(): Generator<[string, Revision]> {
    const policy = this.#policy ? [this.#policy] : [];
    for (const { key, revision } of [...this.#holds.values(), ...this.#brakes.values(), ...policy])
      yield [key, revision];
  }

  *unreadable(): Generator<Unreadable> {
    const policy = this.#policy ? [this.#policy] : [];
    for (const read of [...this.#holds.values(), ...this.#brakes.values(), ...policy]) {
      if (read.kind === 'unreadable') yield read;
    }
  }
}

const isHoldKey = (key: string): boolean => /^hold\.[^.]+(?:\.[^.]+)?$/.test(key);
const isBrakeKey = (key: string): boolean => /^brake\.[^.]+$/.test(key);

const there = <R>(read: RecordRead<R>): There<R> | undefined =>
  read.kind === 'absent' ? undefined : read;

function put<R>(into: Map<string, There<R>>, key: string, read: RecordRead<R>): void {
  if (read.kind === 'absent') into.delete(key);
  else into.set(key, read);
}
