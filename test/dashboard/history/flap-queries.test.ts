import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SlotFlaps } from '../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { ingest } from '../../../src/dashboard/server/history/ingest.ts';
import { pageAfter } from '../../../src/dashboard/server/history/pages.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { recorded, recordings } from '../../fixtures/golden/recording.ts';
import { type Happening, happenings, pageOf, stateAfter } from '../support/sample-histories.ts';

/** A recording as the page has it, and its returns from suspicion by agent, read from the events alone. */
async function read(name: string) {
  const index = new HistoryIndex();
  const returns = new Map<string, number[]>();
  const before = new Map<string, string>();
  const deaths = new Map<string, number>();
  for await (const stored of recorded(name).read(0)) {
    ingest(index, stored);
    const parsed = parseAuditEvent(stored);
    if (parsed.kind !== 'event') continue;
    const { of, event, to } = parsed.event;
    if (of.entity !== 'run') continue;
    const slot = `${of.host}/${of.agent}`;
    const add = (at: number) => returns.set(slot, [at, ...(returns.get(slot) ?? [])]);
    if (event.type === 'regranted' && before.get(of.run)?.includes('"sight":"suspect"'))
      add(stored.storedAt);
    if (to === 'superseded') add(stored.storedAt);
    if (to === 'expired') deaths.set(slot, stored.storedAt);
    const died = deaths.get(slot);
    if (event.type === 'started' && died !== undefined) {
      add(stored.storedAt);
      deaths.delete(slot);
    }
    before.set(of.run, JSON.stringify(to));
  }
  const log = new TransitionLog();
  const page = pageAfter(index, 0, 10_000);
  if (page) log.append(page);
  log.complete();
  return { log, returns };
}

const listed = (all: unknown) =>
  new Map((all as SlotFlaps[]).map(({ host, agent, ...flaps }) => [`${host}/${agent}`, flaps]));

/** Counts of times, the newest first, all in the 24 hours before a moment. */
const countsOf = (returns: ReadonlyMap<string, readonly number[]>, at: number) =>
  new Map(
    [...returns].map(([slot, times]) => {
      const hour = times.filter((one) => one > at - 3_600_000).length;
      return [slot, { hour, day: times.length, last: times[0] }];
    }),
  );

test('the returns of agents from suspicion are those of the events, in each recording', async () => {
  let seen = 0;
  for (const name of await recordings()) {
    const { log, returns } = await read(name);
    const last = log.at.get(log.end - 1);
    expect(listed(runQuery(log, { ask: 'flaps', at: last })), name).toEqual(
      countsOf(returns, last),
    );
    seen += returns.size;
    const dayLater = last + 24 * 3_600_000;
    expect(listed(runQuery(log, { ask: 'flaps', at: dayLater })).size, name).toBe(0);
  }
  expect(seen).toBeGreaterThan(0);
});

test('returns are found in rows that were added at either end after a query', () => {
  const suspect = (all: readonly Happening[]) =>
    all.map((one) => (one.to === 'suspect' ? { ...one, to: 'present.sight.suspect' } : one));
  let found = 0;
  fc.assert(
    fc.property(happenings.map(suspect), fc.nat({ max: 60 }), fc.nat({ max: 60 }), (all, a, b) => {
      const end = all.at(-1)?.seq ?? 0;
      const [begin, middle] = [Math.min(a, b, end), Math.min(Math.max(a, b), end)];
      const ask = (log: TransitionLog) => runQuery(log, { ask: 'flaps', at: 2_000_000 });
      const whole = new TransitionLog();
      whole.append(pageOf(all, 1, end));
      whole.complete();
      const log = new TransitionLog();
      log.begin({ ...stateAfter(all, begin), states: [] });
      log.append(pageOf(all, begin + 1, middle));
      ask(log);
      if (end > middle) log.append(pageOf(all, middle + 1, end));
      ask(log);
      if (begin > 0) log.prepend(pageOf(all, 1, begin));
      log.complete();
      const returns = ask(log);
      expect(listed(returns)).toEqual(listed(ask(whole)));
      found += (returns as SlotFlaps[]).length;
    }),
  );
  expect(found).toBeGreaterThan(0);
});
