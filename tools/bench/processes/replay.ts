import { systemHash } from '../../../src/adapters/system/hash.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { Verifier } from '../../../src/runtime/audit/verifier/verifier.ts';
import type { Access } from '../environment/access.ts';
import { history } from '../history/synthetic-history.ts';
import type { Jobs } from './job.ts';

type Replay = Jobs['replay'];

/** Warm-up rounds for the JIT compiler. */
const warmUp = 2;

/** Replays one history repeatedly, alternating with the minimum work on the same bytes. */
export async function replay(
  _: Access,
  { events, rounds }: Replay['task'],
): Promise<Replay['answer']> {
  const stored = [...history(events)].flatMap((commit) => commit.events);
  const taken = { ours: [] as number[], bare: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    const ours = perSecond(stored, () => replayOnce(stored));
    const bare = perSecond(stored, () => touchOnce(stored));
    if (round < 0) continue;
    taken.ours.push(ours);
    taken.bare.push(bare);
  }
  return taken;
}

function perSecond({ length }: readonly StoredEvent[], once: () => void): number {
  const began = performance.now();
  once();
  return (length / (performance.now() - began)) * 1000;
}

/** Replays through the machines and the fold, and verifies every chain and every hash. */
function replayOnce(stored: readonly StoredEvent[]): void {
  const verifier = new Verifier((divergence) => {
    throw new Error(`the history diverges: ${JSON.stringify(divergence)}`);
  }, systemHash);
  for (const one of stored) verifier.take(parseAuditEvent(one, systemHash));
  if (verifier.records.size === 0) throw new Error('the replay of the history gave no records');
}

function touchOnce(stored: readonly StoredEvent[]): void {
  for (const { text } of stored) {
    JSON.parse(text);
    systemHash(text);
  }
}
