import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../../src/adapters/system/signatures.ts';
import { allKeys } from '../../../../src/domain/identity/registry-keys.ts';
import type { Divergence } from '../../../../src/domain/replay/divergence.ts';
import type { Keyframes } from '../../../../src/ports/keyframes.ts';
import { replayTo } from '../../../../src/runtime/audit/replay.ts';
import { verify } from '../../../../src/runtime/audit/verify.ts';
import type { TestFleet } from '../../harness/fleet.ts';

/** The divergences of a fleet's history from its machines, its keyframes and its registry. */
export async function divergencesOf({
  store,
}: Pick<TestFleet, 'store'>): Promise<readonly Divergence[]> {
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

/**
 * The records that differ between the registry and a replay of the history up to now, by key. Without
 * `keyframes` it begins with the first event.
 */
export async function unlikeReplay(
  { store }: TestFleet,
  keyframes?: Keyframes,
): Promise<readonly string[]> {
  const { registry, audit } = store;
  const moment = { seq: (await audit.range()).last };
  const { records } = await replayTo(audit, moment, keyframes, new AbortController().signal);
  const stored = new Map<string, string>();
  for (const { key, text } of await registry.list([allKeys], 0)) {
    if (text !== undefined) stored.set(key, text);
  }
  const keys = new Set([...stored.keys(), ...records.keys()]);
  return [...keys].filter((key) => records.get(key)?.entry.text !== stored.get(key));
}
