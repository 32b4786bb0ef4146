import { memoryStore } from '../../../src/adapters/memory/store.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import type { History } from '../../../src/ports/audit.ts';
import { catchUpTimeout } from '../../../src/runtime/audit/verifier/catch-up-time.ts';
import { type VerifyOptions, type VerifyPorts, verify } from '../../../src/runtime/audit/verify.ts';
import type { VerifyReport } from '../../../src/runtime/audit/verify-report.ts';
import type { FleetInMemory } from './fleet-in-memory.ts';

export interface Verdict extends Omit<VerifyReport, 'divergences'> {
  readonly divergences: readonly Divergence[];
}

/** The result of `audit verify` for the fleet, or for another history in place of its own. */
export async function verdictOn(
  { world, clock }: Pick<FleetInMemory, 'world' | 'clock'>,
  {
    history,
    ...changed
  }: { readonly history?: History } & Partial<Omit<VerifyPorts, 'clock'>> &
    Pick<VerifyOptions, 'from' | 'anchors'> = {},
): Promise<Verdict> {
  const { audit, registry, keyframes, leases } = memoryStore(world);
  const { from, anchors = [], ...ports } = changed;
  const divergences: Divergence[] = [];
  const verifying = verify(
    history ?? audit,
    { registry, keyframes, leases, clock, ...ports },
    {
      onDivergence: (divergence) => void divergences.push(divergence),
      signal: new AbortController().signal,
      anchors,
      ...(from && { from }),
    },
  );
  let done = false;
  const end = () => {
    done = true;
  };
  verifying.then(end, end);
  // Without divergences it ends immediately; otherwise it waits for the audit.
  await clock.settle();
  if (!done) await clock.advance(2 * catchUpTimeout);
  return { ...(await verifying), divergences };
}
