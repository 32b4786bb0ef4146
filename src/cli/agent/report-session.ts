import type { Readiness } from '../../composition/metrics-endpoint.ts';
import type { ProcessTransition } from '../../runtime/transitions/process-chain.ts';

/** An agent is ready while it serves: it has its slot and its lease, and its instances are registered. */
export function reportSession(readiness: Readiness, { to }: ProcessTransition): void {
  readiness.report(
    'start',
    to === 'serving' ? undefined : `the agent is ${String(to)}, not serving`,
  );
}
