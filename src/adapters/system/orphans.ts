import { readdirSync, readFileSync } from 'node:fs';

/**
 * How many processes ended as children of `parent` without being collected by it, except those that Node
 * started and collects itself. 0 outside Linux.
 */
export function countZombies(parent: number): number {
  let count = 0;
  for (const name of namesIn('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name of a process may contain spaces and parentheses: the last parenthesis ends it.
    const [state, parentOf] = statOf(name)
      .replace(/^.*\) /s, '')
      .split(' ');
    if (state === 'Z' && Number(parentOf) === parent) count += 1;
  }
  return count;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty if the process has been collected meanwhile. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
