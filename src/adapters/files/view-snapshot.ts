import { z } from 'zod';
import { instanceRow } from '../../domain/fleet/row-schema.ts';
import type { SavedView } from '../../domain/fleet/saved-view.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { readOptionalText } from './read-text.ts';

const Snapshot = z.object({ v: z.literal(1), at: z.int(), rows: z.array(instanceRow()) });

/**
 * The view in a file, or why it cannot be used; undefined: there is no file. A file that cannot be read is no
 * reason to stop: it is needed only if the store is away.
 */
export async function readSnapshot(
  file: string,
): Promise<SavedView | { readonly unusable: string } | undefined> {
  try {
    const text = await readOptionalText(file);
    if (text === undefined) return undefined;
    const { at, rows } = Snapshot.parse(readJson(text));
    return { at, rows: rows as SavedView['rows'] };
  } catch (cause) {
    return { unusable: formatParseError(cause).slice(0, 200) };
  }
}

/** Replaces the file by one rename. @throws {Fault} `bad-setting` */
export const writeSnapshot = (file: string, { at, rows }: SavedView): Promise<void> =>
  writeFileAtomic(file, [`${JSON.stringify({ v: 1, at: Math.round(at), rows })}\n`]);
