import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { historyLine } from '../../../src/adapters/files/history-line.ts';
import type { Access } from '../environment/access.ts';
import { history } from '../history/synthetic-history.ts';
import type { Jobs } from './job.ts';

/** Writes the format of `audit export` with gzip, because a million events are a gigabyte. */
export async function writeHistory(
  _: Access,
  { file, events }: Jobs['write-history']['task'],
): Promise<Jobs['write-history']['answer']> {
  let written = 0;
  function* lines() {
    for (const commit of history(events)) {
      for (const event of commit.events) {
        written += 1;
        yield `${historyLine(event)}\n`;
      }
    }
  }
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  await pipeline(Readable.from(lines()), gzip, createWriteStream(file));
  return written;
}
