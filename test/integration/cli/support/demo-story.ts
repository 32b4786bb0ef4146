import { kill } from 'node:process';
import type { RollcallProcess } from '../../harness/processes.ts';

/** The agents of the story, taken from the lines that announce them. */
export async function castOf(story: RollcallProcess): Promise<Map<string, number>> {
  await story.line(({ event, n }) => event === 'chapter' && n === 2);
  const acts = story.lines.filter(
    ({ event, what }) => event === 'act' && /^process \d+$/.test(`${what}`),
  );
  return new Map(
    acts.map(({ command, what }) => [
      `${/--host (\S+)/.exec(`${command}`)?.[1]}/${/--name (\S+)/.exec(`${command}`)?.[1]}`,
      Number(`${what}`.split(' ')[1]),
    ]),
  );
}

export function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}
