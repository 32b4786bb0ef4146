import { z } from 'zod';
import { readOptionalText, writeFileAtomic } from '../../composition/files.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { hashEvent } from '../../domain/events/hash-chain.ts';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { type Divergence, SavedDivergence } from '../../domain/replay/divergence.ts';
import { VerifierStateSchema } from '../../domain/replay/keyframe-format.ts';
import { type Millis, type Revision, seconds, type WallTime } from '../../domain/time.ts';
import type { History, StoredEvent } from '../../ports/audit.ts';
import type { Checkpoint } from '../../runtime/audit/verifier/checkpoint.ts';

/** A resumed verification repeats the divergences found so far, at most this many. */
const keptDivergences = 1000;
const saveEvery: Millis = seconds(10);
/** Share of the time spent on saving; a fleet of 100 000 instances takes a second to save. */
const savingAtMost = 0.05;

const Saved = z.object({
  v: z.literal(1),
  kind: z.literal('rollcall verify checkpoint'),
  /** Name of the history, for people. */
  history: z.string(),
  firstAt: z.number(),
  /** The last verified event; a history that contains it is the same history. */
  last: z.object({ seq: z.number(), origin: z.number(), hash: z.string() }),
  divergences: z.number(),
  found: z.array(SavedDivergence),
  checkpoint: VerifierStateSchema satisfies z.ZodType<Checkpoint>,
});
type Saved = z.infer<typeof Saved>;

/** Differences from the registry and from anchors are computed each time, and not saved. */
export const isOfThisRun = ({ check }: Divergence): boolean =>
  check === 'registry' || check === 'anchor';

/** Progress of a verification, saved in a file, so that the next one can resume. */
export class Checkpoints {
  readonly #file: string | undefined;
  readonly #name: string;
  readonly #complain: (what: string) => void;
  readonly #found: Divergence[];
  #firstAt: WallTime | undefined;
  #last: StoredEvent | undefined;
  #divergences: number;
  #next = 0;
  #saving: Promise<void> | undefined;
  /** Where to resume; undefined means from the first event. */
  readonly from: Checkpoint | undefined;

  constructor(
    to: { readonly file: string | undefined; readonly name: string },
    saved: Saved | undefined,
    complain: (what: string) => void,
  ) {
    this.#file = to.file;
    this.#name = to.name;
    this.#complain = complain;
    this.#found = [...(saved?.found ?? [])];
    this.#divergences = saved?.divergences ?? 0;
    this.#firstAt = saved?.firstAt;
    this.from = saved?.checkpoint;
    this.#next = systemAdapters.clock.monotonic() + saveEvery;
  }

  /** Number of divergences in the history so far. Differences from the registry are not counted. */
  get divergences(): number {
    return this.#divergences;
  }

  /** The first of these divergences. */
  get found(): readonly Divergence[] {
    return this.#found;
  }

  /** When the audit stored the first event of the history. */
  get firstAt(): WallTime | undefined {
    return this.#firstAt;
  }

  /** The same history, but remembers the event that was read last. */
  watching(history: History): History {
    const seen = (stored: StoredEvent) => {
      if (stored.illegible === undefined) this.#firstAt ??= stored.storedAt;
      this.#last = stored;
    };
    return {
      range: () => history.range(),
      async *read(from, filters) {
        for await (const stored of history.read(from, filters)) {
          seen(stored);
          yield stored;
        }
      },
    };
  }

  note(divergence: Divergence): void {
    if (isOfThisRun(divergence)) return;
    this.#divergences += 1;
    if (this.#found.length < keptDivergences) this.#found.push(divergence);
  }

  /** Saves the progress if the last save is long enough ago. */
  pass(take: () => Checkpoint): void {
    if (this.#file === undefined || this.#saving || systemAdapters.clock.monotonic() < this.#next)
      return;
    const began = systemAdapters.clock.monotonic();
    this.#saving = this.#save(take()).then(() => {
      const now = systemAdapters.clock.monotonic();
      this.#next = now + Math.max(saveEvery, (now - began) / savingAtMost);
      this.#saving = undefined;
    });
  }

  /** Saves the final progress; returns whether a file has it. */
  async end(checkpoint: Checkpoint): Promise<boolean> {
    await this.#saving;
    return this.#save(checkpoint);
  }

  async #save(checkpoint: Checkpoint): Promise<boolean> {
    // No new event was read: the file is up to date.
    if (this.#file === undefined || !this.#last) return this.#file !== undefined;
    const { seq, origin, text } = this.#last;
    const saved: Saved = {
      v: 1,
      kind: 'rollcall verify checkpoint',
      history: this.#name,
      firstAt: this.#firstAt ?? 0,
      last: { seq, origin, hash: hashEvent(text) },
      divergences: this.#divergences,
      found: this.#found,
      checkpoint,
    };
    try {
      await writeFileAtomic(this.#file, [JSON.stringify(saved)]);
      return true;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      this.#complain(`cannot save the checkpoint: ${cause.message}`);
      return false;
    }
  }
}

/**
 * Reads a checkpoint file, and checks that it belongs to this history.
 * @throws {Fault} `bad-setting` if it is not a checkpoint, or belongs to another history
 */
export async function savedIn(
  file: string,
  history: History,
  name: string,
): Promise<Saved | undefined> {
  const text = await readOptionalText(file);
  if (text === undefined) return undefined;
  const saved = parsed(text, file);
  await assertSame(saved, file, history, name);
  return saved;
}

const anew = { hint: 'to start again and overwrite the file: --from-start' };

function parsed(text: string, file: string): Saved {
  try {
    return Saved.parse(readJson(text));
  } catch (cause) {
    const what = `--checkpoint '${file}' is not a checkpoint of \`audit verify\``;
    throw new Fault('bad-setting', what, { cause, ...anew });
  }
}

async function assertSame(
  { last, history: made }: Saved,
  file: string,
  history: History,
  name: string,
): Promise<void> {
  const { first, last: end } = await history.range();
  const refuse = (what: string) => {
    throw new Fault('bad-setting', `--checkpoint '${file}' (of ${made}): ${what}`, anew);
  };
  if (end < last.seq) refuse(`it is at event ${last.seq}, but ${name} ends at ${end}`);
  if (last.seq < first - 1) {
    refuse(
      `it is at event ${last.seq}, but ${name} begins at ${first}: the events between were trimmed`,
    );
  }
  if (last.seq === first - 1) return; // that event was trimmed: all remaining events come after it
  const there = await eventAt(last.seq, history);
  if (there?.origin === last.origin && hashEvent(there.text) === last.hash) return;
  refuse(`event ${last.seq} of ${name} differs: this is another history`);
}

async function eventAt(seq: Revision, history: History): Promise<StoredEvent | undefined> {
  for await (const stored of history.read(seq)) return stored.seq === seq ? stored : undefined;
  return undefined;
}
