import { resourceUsage } from 'node:process';
import { historyFile } from '../../../src/adapters/files/history-file.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import type { Access } from '../environment/access.ts';
import type { FileReading, Jobs } from './job.ts';

export async function verifyFile(
  _: Access,
  { file }: Jobs['verify-file']['task'],
): Promise<FileReading> {
  const began = performance.now();
  const { events, divergences } = await verify(
    historyFile(file),
    { clock: systemClock, hash: systemHash },
    { onDivergence() {}, signal: new AbortController().signal },
  );
  const took = performance.now() - began;
  return { took, peak: resourceUsage().maxRSS * 1024, events, divergences };
}
