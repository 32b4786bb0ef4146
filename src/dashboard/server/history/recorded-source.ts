import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { matchesSubject } from '../../../domain/identity/subject-filter.ts';
import type { HistoryStart } from '../../../domain/replay/history-start.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { History, StoredEvent } from '../../../ports/audit.ts';
import { HistoryIndex } from './history-index.ts';
import { type IngestProgress, ingest, Notifier } from './ingest.ts';
import type { Source } from './live-source.ts';
import { beginWith } from './load-keyframe.ts';

const eventsPerBlock = 512;
const blocksKept = 16;

interface Block {
  readonly first: Revision;
  readonly last: Revision;
  readonly packed: Buffer;
}

/**
 * A history in memory that can be read from any sequence; a file can only be read from its beginning.
 * Compression reduces it to about a tenth of its length.
 */
class PackedHistory implements History {
  readonly #blocks: Block[] = [];
  #open: StoredEvent[] = [];
  readonly #kept = new Map<Block, readonly StoredEvent[]>();
  #last: Revision = 0;
  readonly start: () => Promise<HistoryStart | undefined>;

  constructor(start: HistoryStart | undefined) {
    this.start = async () => start;
  }

  add(event: StoredEvent): void {
    this.#open.push(event);
    this.#last = event.seq;
    if (this.#open.length >= eventsPerBlock) this.close();
  }

  close(): void {
    const [first] = this.#open;
    if (!first) return;
    const packed = zstdCompressSync(JSON.stringify(this.#open));
    this.#blocks.push({ first: first.seq, last: this.#last, packed });
    this.#open = [];
  }

  async range() {
    return { first: this.#blocks[0]?.first ?? 0, last: this.#last };
  }

  async *read(from: Revision, filters?: readonly string[]): AsyncGenerator<StoredEvent> {
    const wants = filters && matchesSubject(filters);
    for (const block of this.#blocks) {
      if (block.last < from) continue;
      for (const event of this.#events(block)) {
        if (event.seq < from) continue;
        if (!wants || event.illegible !== undefined || wants(event.subject)) yield event;
      }
    }
  }

  #events(block: Block): readonly StoredEvent[] {
    const known = this.#kept.get(block);
    if (known) return known;
    const events: readonly StoredEvent[] = JSON.parse(zstdDecompressSync(block.packed).toString());
    this.#kept.set(block, events);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > blocksKept && oldest) this.#kept.delete(oldest);
    return events;
  }
}

/** The limit of `Date`. The times of a file are not trusted. */
const latestDate = 8_640_000_000_000_000;

function withoutStart(index: HistoryIndex): string {
  const at = index.rows(index.first).next().value?.at ?? 0;
  const time = new Date(Math.min(at, latestDate)).toISOString().slice(0, 19).replace('T', ' ');
  return `This file begins at ${time} UTC and does not say what was before: agents and instances without an event in it are missing, also in the counts of losses.`;
}

/** A recorded history: it does not grow, and its clock stays at its end. */
export async function openRecording(
  name: string,
  recorded: History,
  onProgress: IngestProgress = () => {},
): Promise<Source> {
  const index = new HistoryIndex();
  const start = await recorded.start?.();
  if (start) beginWith(index, start);
  const history = new PackedHistory(start);
  const { last } = await recorded.range();
  let count = 0;
  for await (const stored of recorded.read(0)) {
    ingest(index, stored);
    history.add(stored);
    count += 1;
    if (count % 5000 === 0) onProgress(stored.seq, last);
  }
  history.close();
  return {
    name,
    mode: 'recording',
    history,
    keyframes: undefined,
    charts: undefined,
    notice: start || index.first <= 1 ? undefined : withoutStart(index),
    bell: new Notifier(),
    caughtUp: Promise.resolve(),
    index: () => index,
    resets: () => ({ count: 0, reason: '' }),
    now: (): WallTime => index.lastAt,
    storeAwaySince: () => null,
    outages: () => [],
    seats: () => null,
    seatSeen: () => new Map(),
  };
}
