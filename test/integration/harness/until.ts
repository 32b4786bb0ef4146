import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until this holds; fails with what it last saw. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  within = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await sleep(20);
  }
}

/** Checks the condition for the whole of this time; fails immediately when it is false. */
export async function throughout(
  what: string,
  look: () => boolean | Promise<boolean>,
  duration: number,
): Promise<void> {
  const end = performance.now() + duration;
  while (performance.now() < end) {
    if (!(await look())) throw new Error(`did not hold: ${what}`);
    await sleep(20);
  }
}
