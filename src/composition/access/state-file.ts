import { join } from 'node:path';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import { AccessState } from './access-state.ts';

const stateFile = 'access.json';

export const writeState = (folder: string, state: AccessState): Promise<void> =>
  writeSecretFile(join(folder, stateFile), `${JSON.stringify(state, null, 2)}\n`);

/** Undefined: the folder has no access set-up. @throws {Fault} `bad-setting` */
export async function readState(folder: string): Promise<AccessState | undefined> {
  const file = join(folder, stateFile);
  const text = await readOptionalText(file);
  if (text === undefined) return undefined;
  try {
    const read = AccessState.safeParse(readJson(text));
    if (read.success) return read.data;
    throw new Fault('bad-setting', `${file}: ${formatParseError(read.error)}`);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Fault('bad-setting', `${file}: ${cause.message}`, { cause });
  }
}
