import type { Shrunk } from './shrink.ts';

/** The report of a failed schedule: its faults, the trace and the broken guarantees. */
export function* report({ schedule, played }: Shrunk): Generator<string> {
  yield `seed ${schedule.seed}: ${JSON.stringify(schedule.shape)}`;
  for (const line of played.trace) yield `  ${line}`;
  const hours = (played.duration / 3_600_000).toFixed(2);
  yield `${hours} simulated hours, ${played.events} events, ${played.complaints.length} violations`;
  for (const { guarantee, what } of played.complaints) yield `  ${guarantee}: ${what}`;
}
