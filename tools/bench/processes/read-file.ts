import { createReadStream } from 'node:fs';
import { resourceUsage } from 'node:process';
import { createGunzip } from 'node:zlib';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import type { Access } from '../environment/access.ts';
import type { FileReading, Jobs } from './job.ts';

/** Decompresses, splits into lines, parses and hashes: the minimum work of a verification. */
export async function readFile(
  _: Access,
  { file }: Jobs['read-file']['task'],
): Promise<FileReading> {
  const began = performance.now();
  let events = 0;
  let rest = '';
  const text = createReadStream(file).pipe(createGunzip()).setEncoding('utf8');
  for await (const piece of text) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      JSON.parse(line);
      systemHash(line);
      events += 1;
    }
  }
  const took = performance.now() - began;
  return { took, peak: resourceUsage().maxRSS * 1024, events, divergences: 0 };
}
