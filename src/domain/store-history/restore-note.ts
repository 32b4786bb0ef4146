import { z } from 'zod';
import { readJson } from '../json.ts';

const Note = z.object({
  id: z.string(),
  /** For example `alice on desk`. */
  by: z.string(),
  /** When it began, as ISO 8601. */
  since: z.string(),
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
