import { Fault } from '../fault.ts';
import {
  brakeKey,
  drainKey,
  holdKey,
  isAgentKey,
  isInstanceKey,
  parseRegistryKey,
  policyKey,
} from '../identity/registry-keys.ts';
import { readJson } from '../json.ts';
import type { Millis, Revision, WallTime } from '../time.ts';
import { tooManyEntriesIn } from './entry-count.ts';
import { recordLimits, tooLong } from './record-budget.ts';
import { isSimpleInstance } from './record-validity.ts';
import { formatParseError } from './schema-problems.ts';
import {
  AgentRecord,
  BrakeRecord,
  DrainRecord,
  HoldRecord,
  InstanceRecord,
  LeaseRecord,
  PolicyRecord,
  SeatRecord,
} from './schemas.ts';

/** An entry of a bucket: the record's text, or `undefined` if the record was removed. */
export interface KeyValueEntry {
  readonly key: string;
  readonly revision: Revision;
  readonly text: string | undefined;
  /** Why its text was not kept: it is too much (`RecordBudget`). */
  readonly leftOut?: string;
  /** How long before the answer the server had stored it, by its own clock; only in lists of leases, and not in every store. */
  readonly age?: Millis;
  /** When the record was removed, by the clock of the store; in watches, in replays and in some lists. */
  readonly removedAt?: WallTime;
}

export interface StoredRecord<R> {
  readonly kind: 'stored';
  readonly key: string;
  readonly revision: Revision;
  readonly record: R;
}
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly key: string;
  readonly revision: Revision;
  readonly why: string;
}
interface Absent {
  readonly kind: 'absent';
  readonly key: string;
  /** 0 or the revision of the tombstone, which a create must expect. */
  readonly revision: Revision;
}

/** The result of reading a record. `unreadable` is unknown contents, not absence (G12). */
export type RecordRead<R> = StoredRecord<R> | Unreadable | Absent;

export type StoredAgent = StoredRecord<AgentRecord>;
export type StoredInstance = StoredRecord<InstanceRecord>;
export type StoredHold = StoredRecord<HoldRecord>;
export type StoredDrain = StoredRecord<DrainRecord>;
export type StoredBrake = StoredRecord<BrakeRecord>;
export type StoredPolicy = StoredRecord<PolicyRecord>;

/** The fields of an instance's record on which views depend. */
export type InstanceFields = Pick<
  InstanceRecord,
  | 'host'
  | 'agent'
  | 'run'
  | 'service'
  | 'id'
  | 'token'
  | 'state'
  | 'address'
  | 'port'
  | 'labels'
  | 'detail'
  | 'registeredAt'
  | 'since'
>;

/** A readable instance record in a view: a `StoredInstance`, or what a view keeps of it. */
export interface ViewInstance {
  readonly kind: 'stored';
  readonly key: string;
  readonly revision: Revision;
  readonly record: InstanceFields;
}

/** The term of the run in this record: see `AgentRecord.term`. */
export const termOf = ({ record: { term }, revision }: StoredAgent): Revision =>
  numberOf(term, revision);
/**
 * Whether the record of a slot is of an earlier term than `own`. Its run did not take the slot from `own` then: the
 * store was put back to an older copy.
 */
export const isOfEarlierTerm = (other: StoredAgent, own: StoredAgent | undefined): boolean =>
  own !== undefined && termOf(other) < termOf(own);
/** The fencing token of this instance: see `InstanceRecord.token`. */
export const tokenOf = ({
  record: { token },
  revision,
}: Pick<StoredInstance, 'revision'> & {
  readonly record: { readonly token: Revision };
}): Revision => numberOf(token, revision);

/** A term or token is the revision of an earlier write of the record, so a larger one is invented. */
const numberOf = (written: Revision, revision: Revision): Revision =>
  written === 0 ? revision : Math.min(written, revision);

/** Parses an agent record. An invalid one is returned as `unreadable` with the violated rule. */
export const readAgent = (entry: KeyValueEntry): RecordRead<AgentRecord> => read(entry, parseAgent);

/** Reads the record of one slot again and again. While nothing has changed, it is not parsed again. */
export class AgentReader {
  #last: { readonly entry: KeyValueEntry; readonly read: RecordRead<AgentRecord> } | undefined;

  read(entry: KeyValueEntry): RecordRead<AgentRecord> {
    const { key, revision, text, leftOut } = this.#last?.entry ?? {};
    const isSame =
      entry.key === key &&
      entry.revision === revision &&
      entry.text === text &&
      entry.leftOut === leftOut;
    if (this.#last && isSame) return this.#last.read;
    this.#last = { entry, read: readAgent(entry) };
    return this.#last.read;
  }
}

/** Parses an instance record, likewise. */
export const readInstance = (entry: KeyValueEntry): RecordRead<InstanceRecord> =>
  read(entry, parseInstance);
export const readHold = (entry: KeyValueEntry): RecordRead<HoldRecord> => read(entry, parseHold);
export const readDrain = (entry: KeyValueEntry): RecordRead<DrainRecord> => read(entry, parseDrain);
export const readBrake = (entry: KeyValueEntry): RecordRead<BrakeRecord> => read(entry, parseBrake);
export const readPolicy = (entry: KeyValueEntry): RecordRead<PolicyRecord> =>
  read(entry, parsePolicy);

function read<R>(entry: KeyValueEntry, parse: (key: string, text: string) => R): RecordRead<R> {
  const { key, revision, text } = entry;
  if (text === undefined) return { kind: 'absent', key, revision };
  if (entry.leftOut !== undefined) return { kind: 'unreadable', key, revision, why: entry.leftOut };
  try {
    return { kind: 'stored', key, revision, record: parse(key, text) };
  } catch (cause) {
    return { kind: 'unreadable', key, revision, why: formatParseError(cause) };
  }
}

/**
 * The JSON of a record. One that is larger than any process writes is refused before a schema reads it.
 * @throws {Fault} `record-unreadable`
 */
function readValue(text: string): unknown {
  const { record: most } = recordLimits;
  if (text.length > most) {
    throw new Fault('record-unreadable', tooLong('a record', text.length, most));
  }
  const value = readJson(text);
  const why = tooManyEntriesIn(text, value);
  if (why !== undefined) throw new Fault('record-unreadable', why);
  return value;
}

function parseAgent(key: string, text: string): AgentRecord {
  const record = AgentRecord.parse(readValue(text));
  if (isAgentKey(key, record)) return record;
  throw otherKey(key, `${record.host}/${record.agent}`);
}

function parseInstance(key: string, text: string): InstanceRecord {
  const value = readValue(text);
  // The schema would return an equal value, and takes ten times as long.
  const record = isSimple(value) ? value : InstanceRecord.parse(value);
  if (isInstanceKey(key, record)) return record;
  throw otherKey(key, `${record.service}/${record.id} of ${record.host}/${record.agent}`);
}

const isSimple = (value: unknown): value is InstanceRecord =>
  typeof value === 'object' && value !== null && isSimpleInstance(value as Fields);

type Fields = Readonly<Record<string, unknown>>;

function parseHold(key: string, text: string): HoldRecord {
  const record = HoldRecord.parse(readValue(text));
  if (key === holdKey(record.host, record.agent)) return record;
  throw otherKey(key, `a hold on ${record.host}`);
}

function parseDrain(key: string, text: string): DrainRecord {
  const record = DrainRecord.parse(readValue(text));
  if (key === drainKey(record.target)) return record;
  throw otherKey(key, 'the target of another drain');
}

function parseBrake(key: string, text: string): BrakeRecord {
  const record = BrakeRecord.parse(readValue(text));
  if (key === brakeKey(record.zone)) return record;
  throw otherKey(key, `zone ${record.zone}`);
}

function parsePolicy(key: string, text: string): PolicyRecord {
  if (key === policyKey) return PolicyRecord.parse(readValue(text));
  throw otherKey(key, 'the policy');
}

/** The error for a valid record under the key of another record or under an invalid key. */
function otherKey(key: string, named: string): Fault {
  parseRegistryKey(key);
  return new Fault('record-unreadable', `the record names ${named}`);
}

/** The ttl in the value of a run's lease; undefined if it has none or cannot be read. */
export function readLeaseTtl(text: string): Millis | undefined {
  try {
    return LeaseRecord.parse(readValue(text)).ttl;
  } catch {
    return undefined;
  }
}

/** The collector in the value of a seat's lease; undefined if the seat is free or its value unreadable. */
export function readSeat(text: string | undefined): SeatRecord | undefined {
  try {
    return text === undefined ? undefined : SeatRecord.parse(readValue(text));
  } catch {
    return undefined;
  }
}
