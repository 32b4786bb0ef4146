import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../../src/adapters/system/signatures.ts';
import type { Divergence } from '../../../../src/domain/replay/divergence.ts';
import { verify } from '../../../../src/runtime/audit/verify.ts';
import type { TestFleet } from '../../harness/fleet.ts';

/** The divergences of a fleet's history from its machines, its keyframes and its registry. */
export async function divergencesOf({ store }: TestFleet): Promise<readonly Divergence[]> {
  const { audit, registry, keyframes, leases } = store;
  const divergences: Divergence[] = [];
  const ports = { audit, registry, keyframes, leases };
  await verify(
    audit,
    { ...ports, clock: systemClock, hash: systemHash, signatures: systemSignatures },
    {
      signal: new AbortController().signal,
      onDivergence: (divergence) => void divergences.push(divergence),
    },
  );
  return divergences;
}
