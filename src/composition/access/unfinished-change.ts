import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readSecret, writeSecretFile } from '../../adapters/files/secret-file.ts';
import { Fault } from '../../domain/fault.ts';
import { StoredMember } from './access-state.ts';

/**
 * What a change is about to do to a login. It is written before the change and removed after it, so the next
 * command sees that a change was interrupted, and finishes it.
 */
const UnfinishedChange = z.object({
  /** The folder of the login, in the folder of the set-up. */
  login: z.string().optional(),
  /** The new public key of its member, and its secret; undefined: the key stays. */
  key: z.string().optional(),
  seed: z.string().optional(),
  /** The member, if the change ends it. */
  ended: StoredMember.optional(),
});
export type UnfinishedChange = z.infer<typeof UnfinishedChange>;

const fileIn = (folder: string): string => join(folder, 'unfinished.json');

/** Undefined: no change was interrupted. @throws {Fault} `bad-setting` */
export async function readUnfinished(folder: string): Promise<UnfinishedChange | undefined> {
  const file = fileIn(folder);
  const text = await readSecret(file, 'repeat the last change, and rotate the key of its login');
  if (text === undefined) return undefined;
  try {
    return UnfinishedChange.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('bad-setting', `${file} is not the record of a change`, {
      cause,
      hint: 'remove it, and repeat the last change',
    });
  }
}

export const writeUnfinished = (folder: string, change: UnfinishedChange): Promise<void> =>
  writeSecretFile(fileIn(folder), `${JSON.stringify(change)}\n`);

export const removeUnfinished = (folder: string): Promise<void> =>
  rm(fileIn(folder), { force: true });
