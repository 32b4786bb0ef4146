import { parentPort } from 'node:worker_threads';
import type { Complaint } from './checkers/checks.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { simulate } from './simulate.ts';

/** The result of a worker for one seed. */
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

// Thousands of faults are thrown and caught. To see a stack, run the seed alone.
if (parentPort) Error.stackTraceLimit = 0;

// In a worker: one seed after another, as the main thread assigns them.
parentPort?.on('message', (seed: number) => {
  void playSeed(seed).then((outcome) => parentPort?.postMessage(outcome));
});
