import { unmovedAfter } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Checks } from '../checkers/checks.ts';
import { lateness } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';
import { disorder } from './convergence-errors.ts';
import { dieInPeace } from './single-crash.ts';
import { endTheWar } from './stop-faults.ts';

/** Ends all faults, waits for convergence, and runs every checker. */
export async function makePeace(
  sim: Simulated,
  checks: readonly Checks[],
  complain: (what: string) => void,
): Promise<void> {
  await endTheWar(sim);
  const bound = boundOf(sim);
  const { ttl } = sim.shape.lease;
  // A collector whose commits were refused says so for 15 s more if it has nothing to write; then consumers read its seat.
  const quiet = Math.max(2 * ttl + seconds(5), 1.5 * ttl + seconds(17));
  const step = Math.max(seconds(1), bound / 200);
  const began = sim.now;
  let inOrderSince: MonotonicTime | undefined = began;
  // The last messages are no proof of convergence: a process that was frozen has not noticed yet.
  while (inOrderSince === undefined || sim.now - inOrderSince < quiet) {
    await sim.advance(step);
    const left = disorder(sim);
    if (left.length === 0) inOrderSince ??= sim.now;
    else inOrderSince = undefined;
    if (inOrderSince === undefined && sim.now - began > bound) {
      for (const what of left) complain(`not within ${Math.round(bound)} ms: ${what}`);
      return;
    }
  }
  sim.note(`in order after ${Math.round(inOrderSince - began)} of ${Math.round(bound)} ms`);
  for (const { onPeace } of checks) await onPeace?.();
  const death = await dieInPeace(sim);
  if (death) for (const { onDeath } of checks) onDeath?.(death);
}

/**
 * By when all is in order, however it was: the sum of what each step may take, each stated in
 * docs/explanation/guarantees.md. Nobody may sit at first.
 */
function boundOf({ shape, roster, serverClockWasSetBack }: Simulated): Millis {
  const { ttl, grace } = shape.lease;
  const lapsed = serverClockWasSetBack ? unmovedAfter(ttl) : ttl;
  const runs = 2 * roster.places.length;
  const seated = lapsed + 1.5 * Math.max(ttl / 3, 100 * runs);
  const seeing = ttl / 3 + seconds(1);
  const claimed = lapsed + seconds(10);
  const expired = lapsed + grace + seconds(2);
  const pace = Math.max(shape.pace, seconds(20));
  const braked = runs * (pace + seconds(1));
  const leftover = ttl + grace;
  const drained = seconds(14);
  const late = 12 * lateness(shape) + 20 * seconds(1);
  return (seated + seeing + claimed + expired + braked + leftover + drained + late) * 1.001;
}
