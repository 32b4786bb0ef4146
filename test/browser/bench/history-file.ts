import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { historyLine } from '../../../src/adapters/files/history-line.ts';
import { history } from '../../../tools/bench/history/synthetic-history.ts';

/** Writes a valid history with this many events and agents, in the format of `audit export`. */
export async function writeHistory(file: string, events: number, agents: number): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1 << 22 });
  let lines: string[] = [];
  for (const commit of history(events, { agents, instances: 2 })) {
    for (const event of commit.events) lines.push(historyLine(event));
    if (lines.length < 2000) continue;
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
    lines = [];
  }
  out.end(lines.length === 0 ? '' : `${lines.join('\n')}\n`);
  await finished(out);
}
