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
  await Promise.all(Array.from({ length: workers }, () => playSome(seeds, played, signal)));
}

function playSome(
  seeds: Iterator<number>,
  played: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
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
  signal.addEventListener('abort', () => resolve(), { once: true });
  next();
  return promise.finally(() => worker.terminate());
}
