import { parentPort } from 'node:worker_threads';
import type { Complaint } from './checkers/checks.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { simulate } from './simulate.ts';

/** What a worker says of one seed. */
export interface Outcome {
  readonly seed: number;
  readonly complaints: readonly Complaint[];
  /** Of simulated time, in milliseconds. */
  readonly duration: number;
  readonly events: number;
}

export async function playSeed(seed: number): Promise<Outcome> {
  const { complaints, duration, events } = await simulate(drawSchedule(seed));
  return { seed, complaints, duration, events };
}

// Faults are thrown by the thousand and caught; whoever wants to see a stack plays the seed alone.
if (parentPort) Error.stackTraceLimit = 0;

// In a worker: one seed after the other, as they are handed out.
parentPort?.on('message', (seed: number) => {
  void playSeed(seed).then((outcome) => parentPort?.postMessage(outcome));
});
