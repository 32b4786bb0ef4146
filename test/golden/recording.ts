import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { historyFile } from '../../src/adapters/files/history-file.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { readEvent } from '../../src/domain/events/audit-entry.ts';
import type { Check } from '../../src/domain/replay/divergence.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import type { History } from '../../src/runtime/history.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
export const historyPath = (name: string): string => `${folder}${name}.ndjson.gz`;
export const expectedPath = (name: string): string => `${folder}${name}.json`;

/** The names of the recordings that are there. */
export const recordings = async (): Promise<readonly string[]> =>
  (await readdir(folder)).flatMap((name) => /^(.*)\.ndjson\.gz$/.exec(name)?.[1] ?? []).sort();

export const recorded = (name: string): History => historyFile(historyPath(name));

/** What is to come out of a recording: kept beside it. */
const Expected = z.strictObject({
  /** How many transitions of each type, by entity. */
  events: z.record(z.string(), z.record(z.string(), z.number())),
  /** What `verify` finds: nothing, but where somebody wrote by hand. */
  divergences: z.array(z.string()),
});
export type Expected = z.infer<typeof Expected>;

export const expectedOf = async (name: string): Promise<Expected> =>
  Expected.parse(JSON.parse(await readFile(expectedPath(name), 'utf8')));

/** What comes out of a history now. */
export async function outcomeOf(history: History): Promise<Expected> {
  const events: Record<string, Record<string, number>> = {};
  for await (const stored of history.read(0)) {
    const read = readEvent(stored);
    const [entity, type] =
      read.kind === 'event'
        ? [read.event.of.entity, read.event.event.type]
        : ['illegible', 'event'];
    const counts = events[entity] ?? {};
    events[entity] = { ...counts, [type]: (counts[type] ?? 0) + 1 };
  }
  const divergences: Check[] = [];
  await verify(
    history,
    { clock: systemClock },
    {
      onDivergence: ({ check }) => divergences.push(check),
      signal: new AbortController().signal,
    },
  );
  return { events, divergences };
}
