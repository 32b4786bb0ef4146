import { z } from 'zod';
import { readJson } from '../json.ts';

/** Commands print this text, and any client that may write to the stream can have written it. Two names have at most 2048 characters. */
const short = z.string().max(4096);

const Note = z.object({
  id: short,
  /** For example `alice on desk`. */
  by: short,
  /** When it began, as ISO 8601. */
  since: short,
  /** It stopped before its end: another restore need not wait for it. */
  hasEnded: z.boolean(),
});

/** Who restores a namespace, and since when. */
export type RestoreNote = z.infer<typeof Note>;

const unreadable: RestoreNote = { id: '', by: 'unknown', since: 'unknown', hasEnded: false };

/** A text that is no note stands for a restore of which nothing is known. */
export function parseRestoreNote(text: string): RestoreNote {
  try {
    return Note.safeParse(readJson(text)).data ?? unreadable;
  } catch {
    return unreadable;
  }
}
