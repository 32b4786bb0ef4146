import { expect, test } from 'vitest';
import type { SlotReturns } from '../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { ingest } from '../../../src/dashboard/server/history/ingest.ts';
import { pageAfter } from '../../../src/dashboard/server/history/pages.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { recorded, recordings } from '../../fixtures/golden/recording.ts';

/** A recording as the page has it, and its returns from suspicion by agent, read from the events alone. */
async function read(name: string) {
  const index = new HistoryIndex();
  const returns = new Map<string, number[]>();
  const before = new Map<string, string>();
  for await (const stored of recorded(name).read(0)) {
    ingest(index, stored);
    const parsed = parseAuditEvent(stored);
    if (parsed.kind !== 'event') continue;
    const { of, event, to } = parsed.event;
    if (of.entity !== 'run') continue;
    const slot = `${of.host}/${of.agent}`;
    if (event.type === 'regranted' && before.get(of.run)?.includes('"sight":"suspect"'))
      returns.set(slot, [stored.storedAt, ...(returns.get(slot) ?? [])]);
    before.set(of.run, JSON.stringify(to));
  }
  const log = new TransitionLog();
  const page = pageAfter(index, 0, 10_000);
  if (page) log.append(page);
  log.complete();
  return { log, returns };
}

const listed = (all: unknown): ReadonlyMap<string, readonly number[]> =>
  new Map((all as SlotReturns[]).map(({ host, agent, times }) => [`${host}/${agent}`, times]));

test('the returns of agents from suspicion are those of the events, in each recording', async () => {
  let seen = 0;
  for (const name of await recordings()) {
    const { log, returns } = await read(name);
    const last = log.at.get(log.end - 1);
    expect(listed(runQuery(log, { ask: 'returns', at: last })), name).toEqual(returns);
    seen += returns.size;
    const dayLater = last + 24 * 3_600_000;
    expect(listed(runQuery(log, { ask: 'returns', at: dayLater })).size, name).toBe(0);
  }
  expect(seen).toBeGreaterThan(0);
});
