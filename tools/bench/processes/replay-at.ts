import { systemHash } from '../../../src/adapters/system/hash.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { type Access, openStore } from '../environment/access.ts';
import type { Jobs, Replaying } from './job.ts';

/** Replays the fleet to the last event, with or without keyframes. */
export async function replayAt(
  access: Access,
  { keyframes }: Jobs['replay-at']['task'],
): Promise<Replaying> {
  await using store = await openStore(access, 'replay');
  const { last } = await store.audit.range();
  const began = performance.now();
  const { records, folded, keyframe } = await replayTo(
    store.audit,
    { seq: last },
    keyframes ? store.keyframes : undefined,
    new AbortController().signal,
    systemHash,
  );
  return { took: performance.now() - began, records: records.size, folded, keyframe };
}
