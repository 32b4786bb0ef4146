import { Worker } from 'node:worker_threads';
import type { Outcome } from './play-seeds.ts';

/**
 * Plays seeds on so many cores, each as it is asked for, until there are none or nobody wants more.
 * A worker that throws ends it all: a simulation that cannot be played is a bug of the simulation.
 */
export async function playAll(
  seeds: Iterator<number>,
  workers: number,
  played: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const all = Array.from({ length: workers }, async () => {
    while ((await playSome(seeds, played, signal)) === 'more');
  });
  await Promise.all(all);
}

/**
 * Node keeps whatever waits for a composite abort signal until that is aborted; a simulated process that
 * was killed aborts nothing, so its fleet stays: a megabyte a seed, and a night has many.
 */
const seedsEach = 1000;

/** One worker, until there are no seeds, nobody wants more, or it has played its share. */
function playSome(
  seeds: Iterator<number>,
  played: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<'more' | 'done'> {
  const worker = new Worker(new URL('./play-seeds.ts', import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<'more' | 'done'>();
  let share = seedsEach;
  const next = () => {
    if (share === 0) return resolve('more');
    share -= 1;
    const { value, done } = signal.aborted ? { value: 0, done: true } : seeds.next();
    if (done) resolve('done');
    else worker.postMessage(value);
  };
  worker.on('message', (outcome: Outcome) => {
    played(outcome);
    next();
  });
  worker.on('error', reject);
  const stop = () => resolve('done');
  signal.addEventListener('abort', stop, { once: true });
  next();
  return promise.finally(() => {
    signal.removeEventListener('abort', stop);
    return worker.terminate();
  });
}
