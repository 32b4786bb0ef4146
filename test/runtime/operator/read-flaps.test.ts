import { expect, test } from 'vitest';
import type { SlotFlaps } from '../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { ingest } from '../../../src/dashboard/server/history/ingest.ts';
import { pageAfter } from '../../../src/dashboard/server/history/pages.ts';
import { hours } from '../../../src/domain/time.ts';
import { readFlaps } from '../../../src/runtime/operator/read-flaps.ts';
import { recorded, recordings } from '../../fixtures/golden/recording.ts';

/** The counts of the page. */
async function shown(name: string) {
  const index = new HistoryIndex();
  for await (const stored of recorded(name).read(0)) ingest(index, stored);
  const log = new TransitionLog();
  const page = pageAfter(index, 0, 10_000);
  if (page) log.append(page);
  log.complete();
  const at = (when: number) =>
    new Map(
      (runQuery(log, { ask: 'flaps', at: when }) as SlotFlaps[]).map(
        ({ host, agent, hour, day }) => [`${host}/${agent}`, { hour, day }],
      ),
    );
  return { at, last: log.at.get(log.end - 1) };
}

test('the command line counts the same returns from suspicion as the page, in each recording', async () => {
  let seen = 0;
  for (const name of await recordings()) {
    const { at, last } = await shown(name);
    for (const when of [last, last + hours(2), last + hours(23.9), last + hours(25)]) {
      const counted = await readFlaps(recorded(name), when, new AbortController().signal);
      expect(counted, `${name} ${when - last}`).toEqual(at(when));
      seen += counted.size;
    }
  }
  expect(seen).toBeGreaterThan(2);
});
