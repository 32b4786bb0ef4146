import { Worker } from 'node:worker_threads';
import type { Outcome } from './play-seeds.ts';

/**
 * Plays seeds on so many cores, each as it is asked for, until there are none or the signal aborts.
 * A worker that throws ends it all: a simulation that cannot be played is a bug of the simulation.
 */
export async function playAll(
  seeds: Iterator<number>,
  workers: number,
  played: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => playSome(seeds, played, signal)));
}

/** One worker, until there are no seeds or the signal aborts. */
function playSome(
  seeds: Iterator<number>,
  played: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const worker = new Worker(new URL('./play-seeds.ts', import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = () => {
    const { value, done } = signal.aborted ? { value: 0, done: true } : seeds.next();
    if (done) resolve();
    else worker.postMessage(value);
  };
  worker.on('message', (outcome: Outcome) => {
    played(outcome);
    next();
  });
  worker.on('error', reject);
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  next();
  return promise.finally(() => {
    signal.removeEventListener('abort', stop);
    return worker.terminate();
  });
}
