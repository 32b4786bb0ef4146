import type { InstanceRef, Slot, ZoneName } from '../identity/names.ts';
import { brakeKey, drainKey, holdKey, policyKey } from '../identity/registry-keys.ts';
import { defaultFleetPolicy, type FleetPolicy } from '../policy/fleet-policy.ts';
import type { BrakeRecord, DrainRecord, HoldRecord, PolicyRecord } from '../records/schemas.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readBrake,
  readDrain,
  readHold,
  readPolicy,
  type StoredDrain,
  type StoredHold,
  type Unreadable,
} from '../records/stored-record.ts';
import type { Revision, WallTime } from '../time.ts';

type There<R> = Exclude<RecordRead<R>, { kind: 'absent' }>;

/** The fleet-wide records of the registry: holds, drains, brakes and the policy. */
export class FleetControls {
  readonly #holds = new Map<string, There<HoldRecord>>();
  /** When each hold that was removed ended, by its key. */
  readonly #holdEnds = new Map<string, WallTime>();
  readonly #drains = new Map<string, There<DrainRecord>>();
  readonly #brakes = new Map<string, There<BrakeRecord>>();
  #policy: There<PolicyRecord> | undefined;

  /** Applies a change; `false` if the key belongs to none of these. */
  take(entry: KeyValueEntry): boolean {
    const { key } = entry;
    if (isHoldKey(key)) {
      put(this.#holds, key, readHold(entry));
      if (entry.removedAt === undefined) this.#holdEnds.delete(key);
      else this.#holdEnds.set(key, entry.removedAt);
    } else if (isDrainKey(key)) put(this.#drains, key, readDrain(entry));
    else if (isBrakeKey(key)) put(this.#brakes, key, readBrake(entry));
    else if (key === policyKey) this.#policy = there(readPolicy(entry));
    else return false;
    return true;
  }

  /** Whether there is no hold and no drain. */
  get isWithoutPlans(): boolean {
    return this.#holds.size === 0 && this.#drains.size === 0;
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

  /** When the last hold over a slot was released or ended; undefined: unknown, or none was. */
  holdEndedAt({ host, agent }: Slot): WallTime | undefined {
    if (this.#holdEnds.size === 0) return undefined;
    const ends = [holdKey(host, agent), holdKey(host)].map((key) => this.#holdEnds.get(key) ?? 0);
    return Math.max(...ends) || undefined;
  }

  /**
   * The drain of an instance: its own or its host's. An unreadable drain counts too: its key names what an
   * operator drains.
   */
  drainOf(instance: Pick<InstanceRef, 'host' | 'service' | 'id'>): There<DrainRecord> | undefined {
    if (this.#drains.size === 0) return undefined;
    const own = { service: instance.service, id: instance.id };
    return this.#drains.get(drainKey(own)) ?? this.#drains.get(drainKey({ host: instance.host }));
  }

  brakeOf(zone: ZoneName): There<BrakeRecord> | undefined {
    return this.#brakes.size === 0 ? undefined : this.#brakes.get(brakeKey(zone));
  }

  *holds(): Generator<StoredHold> {
    for (const hold of this.#holds.values()) if (hold.kind === 'stored') yield hold;
  }

  *drains(): Generator<StoredDrain> {
    for (const drain of this.#drains.values()) if (drain.kind === 'stored') yield drain;
  }

  brakes(): IterableIterator<There<BrakeRecord>> {
    return this.#brakes.values();
  }

  *revisions(): Generator<[string, Revision]> {
    for (const { key, revision } of this.#all()) yield [key, revision];
  }

  *unreadable(): Generator<Unreadable> {
    for (const read of this.#all()) if (read.kind === 'unreadable') yield read;
  }

  *#all() {
    yield* this.#holds.values();
    yield* this.#drains.values();
    yield* this.#brakes.values();
    if (this.#policy) yield this.#policy;
  }
}

const isHoldKey = (key: string): boolean => /^hold\.[^.]+(?:\.[^.]+)?$/.test(key);
const isDrainKey = (key: string): boolean => /^drain\.[^.]+(?:\.[^.]+)?$/.test(key);
const isBrakeKey = (key: string): boolean => /^brake\.[^.]+$/.test(key);

const there = <R>(read: RecordRead<R>): There<R> | undefined =>
  read.kind === 'absent' ? undefined : read;

function put<R>(into: Map<string, There<R>>, key: string, read: RecordRead<R>): void {
  if (read.kind === 'absent') into.delete(key);
  else into.set(key, read);
}
