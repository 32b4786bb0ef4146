import { z } from 'zod';
import { writeFileAtomic } from '../../adapters/files/atomic-write.ts';
import { checkSchema } from '../../adapters/files/health-check-schema.ts';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { readJson } from '../../domain/json.ts';
import { InstanceSpec } from '../../domain/records/desired-instances.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { DurationOrMillis } from '../time/duration.ts';

const SavedHealth = z.union([
  z.object({ state: z.literal('failing'), detail: z.string() }),
  z.object({ state: z.enum(['serving', 'draining']) }),
]);

const Saved = z.object({
  spec: InstanceSpec,
  reported: SavedHealth,
  ttl: z.number().optional(),
  removeAfter: z.number().optional(),
  check: checkSchema(DurationOrMillis).optional(),
});

const SavedRegistrations = z.object({ v: z.literal(1), registrations: z.array(Saved) });

/** A registration as a restarted agent finds it. */
export type SavedRegistration = z.output<typeof Saved>;

interface SavedFile {
  readonly registrations: readonly SavedRegistration[];
  /** Why the file cannot be read. */
  readonly why?: string;
}

/** The registrations that an agent saved; none if there is no file. @throws {Fault} `bad-setting` */
export async function readRegistrations(file: string): Promise<SavedFile> {
  const text = await readOptionalText(file);
  return text === undefined ? { registrations: [] } : parseRegistrations(text);
}

/**
 * Parses saved registrations. A text that cannot be read counts as empty: its instances are then
 * deregistered, and their programs register them again.
 */
export function parseRegistrations(text: string): SavedFile {
  try {
    return SavedRegistrations.parse(readJson(text));
  } catch (cause) {
    return { registrations: [], why: formatParseError(cause) };
  }
}

/** Time until a write that failed is tried again. */
const tryAgainAfter: Millis = seconds(5);

/**
 * Writes the registrations of an agent: by rename, one write at a time, always the last ones. While the file
 * cannot be written it is tried again: the agent that is started next would deregister what is missing in it.
 */
export class RegistrationFile {
  readonly #file: string;
  readonly #content: () => readonly SavedRegistration[];
  readonly #onError: (cause: unknown) => void;
  readonly #tryAgainAfter: Millis;
  #retry: NodeJS.Timeout | undefined;
  #reported: string | undefined;
  #writing: Promise<void> | undefined;
  #isStale = false;

  constructor(
    file: string,
    content: () => readonly SavedRegistration[],
    onError: (cause: unknown) => void,
    retryAfter: Millis = tryAgainAfter,
  ) {
    this.#tryAgainAfter = retryAfter;
    this.#file = file;
    this.#content = content;
    this.#onError = onError;
  }

  /** Resolves when the present registrations are in the file, or could not be written now. */
  async save(): Promise<void> {
    this.#isStale = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      clearTimeout(this.#retry);
      const text = JSON.stringify({ v: 1, registrations: this.#content() });
      try {
        await writeFileAtomic(this.#file, [`${text}\n`]);
        this.#reported = undefined;
      } catch (cause) {
        this.#report(cause);
        this.#retry = setTimeout(() => void this.save(), this.#tryAgainAfter).unref();
      }
    }
  }

  /** The same failure is reported once. */
  #report(cause: unknown): void {
    if (this.#reported !== String(cause)) this.#onError(cause);
    this.#reported = String(cause);
  }
}
