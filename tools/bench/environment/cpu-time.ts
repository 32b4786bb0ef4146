import { readFile } from 'node:fs/promises';
import type { Millis } from '../../../src/domain/time.ts';

/** CPU time of a process, in steps of 10 ms: Linux counts 100 ticks a second on all usual systems. */
export async function cpuTimeOf(pid: number): Promise<Millis> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
