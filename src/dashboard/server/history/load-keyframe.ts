import {
  type KeyValueEntry,
  readAgent,
  readBrake,
  readDrain,
  readHold,
  readInstance,
  readPolicy,
  tokenOf,
} from '../../../domain/records/stored-record.ts';
import type { RecordUpdate } from '../../../domain/replay/fold.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { History } from '../../../ports/audit.ts';
import type { Keyframes } from '../../../ports/keyframes.ts';
import { replayTo } from '../../../runtime/audit/replay.ts';
import type { ApiEntity } from '../../api-types.ts';
import { machinesByName } from './final-states.ts';
import { lastGap } from './gap-reload.ts';
import type { HistoryIndex } from './history-index.ts';
import { detailsOfRecord } from './to-row.ts';

/**
 * Starts the index of a history that was trimmed, or has a gap, at the first keyframe after which no event is
 * missing. From there on, the states of all entities are known.
 * @throws {Fault} `store-unavailable`
 */
export async function loadKeyframe(
  index: HistoryIndex,
  history: History,
  keyframes: Keyframes,
  first: Revision,
  signal: AbortSignal,
): Promise<void> {
  const gap = await lastGap(history);
  if (first <= 1 && gap === undefined) return;
  const behind = Math.max(first - 1, gap === undefined ? 0 : gap + 1);
  const start = (await keyframes.list()).find((seq) => seq >= behind);
  if (start === undefined) return;
  const { records, seq, at, keyframe } = await replayTo(history, { seq: start }, keyframes, signal);
  if (keyframe !== start) return;
  beginWith(index, { seq, at, records: records.values() });
}

/** Sets the states before the first event from the records at that time. */
export const beginWith = (index: HistoryIndex, { seq, at, records }: BeginningOfIndex): void =>
  index.begin(
    seq,
    at,
    [...records].flatMap(({ entry }) => stateOfRecord(entry) ?? []),
  );

interface BeginningOfIndex {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly records: Iterable<RecordUpdate>;
}

/** The state of the entity of a record, as far as the record shows it. */
function stateOfRecord(entry: KeyValueEntry) {
  if (entry.key.startsWith('agent.')) {
    const read = readAgent(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run, phase, suspect } = read.record;
    const state =
      phase === 'expired'
        ? 'expired'
        : `present.phase.${phase}+present.sight.${suspect ? 'suspect' : 'clear'}`;
    return {
      ...stateFrom({ entity: 'run', host, agent, run }, state, read.record, 'started'),
      origin: [0, suspect?.since ?? 0] as const,
    };
  }
  if (entry.key.startsWith('instance.')) {
    const read = readInstance(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run, service, id, state } = read.record;
    const of = { entity: 'instance', host, agent, run, service, id } as const;
    return {
      ...stateFrom(of, state, read.record, 'registered'),
      origin: [tokenOf(read) - beforeAll, read.record.registeredAt] as const,
    };
  }
  return stateOfFleetRecord(entry);
}

function stateOfFleetRecord(entry: KeyValueEntry) {
  if (entry.key.startsWith('hold.')) {
    const read = readHold(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run, state } = read.record;
    const of = { entity: 'hold', host, ...(agent !== undefined && { agent }), run } as const;
    return stateFrom(of, state, read.record, 'planned');
  }
  if (entry.key.startsWith('drain.')) {
    const read = readDrain(entry);
    if (read.kind !== 'stored') return undefined;
    const { target, run, state } = read.record;
    return stateFrom({ entity: 'drain', target, run }, state, read.record, 'planned');
  }
  if (entry.key.startsWith('brake.')) {
    const read = readBrake(entry);
    if (read.kind !== 'stored') return undefined;
    const { zone, run, state } = read.record;
    return stateFrom({ entity: 'brake', zone, run }, state, read.record, 'tripped');
  }
  const read = readPolicy(entry);
  if (read.kind !== 'stored') return undefined;
  return stateFrom({ entity: 'policy', run: read.record.run }, 'standing', read.record, 'adopted');
}

const stateFrom = (
  entity: ApiEntity,
  to: string,
  record: Readonly<Record<string, unknown>> & { readonly since: number },
  type: string,
) => ({
  entity,
  to,
  chart: machinesByName.get(entity.entity)?.chart ?? '',
  note: detailsOfRecord(entity.entity, type, record),
  since: record.since,
  origin: [0, 0] as const,
});

/** Tokens are revisions of the registry. Those of a keyframe are older than any event of the history. */
const beforeAll = 2 ** 52;
