import { homedir } from 'node:os';
import { env } from 'node:process';

/**
 * The variables that name the directories of this user, for a program that uses the library. A user may have a
 * home directory without `HOME`; in a container with an arbitrary user there is none.
 */
export function userDirectories(): Readonly<Record<string, string | undefined>> {
  const { STATE_DIRECTORY, XDG_STATE_HOME, HOME = homeIfAny() } = env;
  return { STATE_DIRECTORY, XDG_STATE_HOME, HOME };
}

function homeIfAny(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
