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
import type { Checkpoint } from '../../runtime/audit/verifier/verifier.ts';

/** What was found until a checkpoint is told again when it goes on from there; so much of it at most. */
const keptDivergences = 1000;
const saveEvery: Millis = seconds(10);
/** A fleet of 100 000 instances takes a second to write down: no more of the time than this goes there. */
const savingAtMost = 0.05;

const Saved = z.object({
  v: z.literal(1),
  kind: z.literal('rollcall verify checkpoint'),
  /** For people: what it was made of. */
  history: z.string(),
  firstAt: z.number(),
  /** The last event that is in it: a history that has it is the same one. */
  last: z.object({ seq: z.number(), origin: z.number(), hash: z.string() }),
  divergences: z.number(),
  found: z.array(SavedDivergence),
  checkpoint: VerifierStateSchema satisfies z.ZodType<Checkpoint>,
});
type Saved = z.infer<typeof Saved>;

/** How far a verification came, kept in a file, so that it goes on from there the next time. */
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
  /** Where to go on from; undefined: from the beginning. */
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

  /** What is wrong with the history itself, until now; what the registry differs in passes. */
  get divergences(): number {
    return this.#divergences;
  }

  /** The first of them. */
  get found(): readonly Divergence[] {
    return this.#found;
  }

  /** When the audit stored the first event of the history. */
  get firstAt(): WallTime | undefined {
    return this.#firstAt;
  }

  /** The same history, of which is kept in mind what was read last. */
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
    if (divergence.check === 'registry') return;
    this.#divergences += 1;
    if (this.#found.length < keptDivergences) this.#found.push(divergence);
  }

  /** Keeps where it stands, if that was not done for a while. */
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

  /** Keeps where it ended; `true` where it is kept. */
  async end(checkpoint: Checkpoint): Promise<boolean> {
    await this.#saving;
    return this.#save(checkpoint);
  }

  async #save(checkpoint: Checkpoint): Promise<boolean> {
    // Nothing new was read: what is in the file stays.
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
      this.#complain(`the checkpoint is not kept: ${cause.message}`);
      return false;
    }
  }
}

/**
 * What a checkpoint file says, once it is sure that it was made of this very history.
 * @throws {Fault} `bad-setting` where it is no checkpoint, or one of another history
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

const anew = { hint: 'begin anew with --from-start: the file is written over' };

function parsed(text: string, file: string): Saved {
  try {
    return Saved.parse(readJson(text));
  } catch (cause) {
    const what = `--checkpoint '${file}': this is no checkpoint of \`audit verify\``;
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
  if (end < last.seq) refuse(`it stands at event ${last.seq}, and ${name} ends at ${end}`);
  if (last.seq < first - 1) {
    refuse(
      `it stands at event ${last.seq}, and ${name} begins at ${first}: what was between is gone`,
    );
  }
  if (last.seq === first - 1) return; // that very event was trimmed: all that is left comes after it
  const there = await eventAt(last.seq, history);
  if (there?.origin === last.origin && hashEvent(there.text) === last.hash) return;
  refuse(`event ${last.seq} of ${name} is another one: this is another history`);
}

async function eventAt(seq: Revision, history: History): Promise<StoredEvent | undefined> {
  for await (const stored of history.read(seq)) return stored.seq === seq ? stored : undefined;
  return undefined;
}
