import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';

import { systemHash } from '../../../src/adapters/system/hash.ts';
import { catchUpTimeout } from '../../../src/runtime/audit/verifier/catch-up-time.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import type { FleetInMemory } from './fleet-in-memory.ts';

/** The divergences that `rollcall audit verify` reports for the fleet. */
export async function verified({ world, clock }: FleetInMemory): Promise<readonly string[]> {
  const { audit, registry } = memoryStore(world);
  const divergences: string[] = [];
  const verifying = verify(
    audit,
    { registry, clock, signatures: memorySignatures, hash: systemHash },
    {
      onDivergence: (divergence) => void divergences.push(JSON.stringify(divergence)),
      signal: new AbortController().signal,
    },
  );
  let done = false;
  const end = () => {
    done = true;
  };
  verifying.then(end, end);
  await clock.settle();
  if (!done) await clock.advance(2 * catchUpTimeout);
  await verifying;
  return divergences;
}
