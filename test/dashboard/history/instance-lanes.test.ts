import { expect, test } from 'vitest';
import type { Difference, Lane } from '../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { ingest } from '../../../src/dashboard/server/history/ingest.ts';
import { pageAfter } from '../../../src/dashboard/server/history/pages.ts';
import { statusIn as statusOf } from '../../../src/dashboard/web/model/service-table.ts';
import { Cursor } from '../../../src/dashboard/web/state/cursor.ts';
import { TabCursor } from '../../../src/dashboard/web/worker/tab-cursor.ts';
import { recorded, recordings } from '../../fixtures/golden/recording.ts';

async function read(name: string): Promise<TransitionLog> {
  const index = new HistoryIndex();
  for await (const stored of recorded(name).read(0)) ingest(index, stored);
  const log = new TransitionLog();
  const page = pageAfter(index, 0, 10_000);
  if (page) log.append(page);
  log.complete();
  return log;
}

const instancesOf = (log: TransitionLog): number[] =>
  log.entities.values.flatMap(({ entity }, number) => (entity === 'instance' ? [number] : []));

/** A page that has loaded a history; returns the function that gives its statuses of instances at a sequence. */
function openPage(log: TransitionLog) {
  const cursor = new Cursor();
  const worker = new TabCursor(log, (message) => cursor.onMessage(message));
  worker.sendChanges();
  return (seq: number): ReadonlyMap<number, string> => {
    worker.onMessage(cursor.seek(seq));
    const instances = cursor.fleet.slots().flatMap((one) => one.instances);
    return new Map(instances.map((one) => [one.entityState.number, statusOf(one)]));
  };
}

/** The status that a lane gives after a row; null: the instance is not there. */
function statusIn({ start, steps }: Lane, seq: number): string | null {
  const step = steps.findLast((one) => one[3] <= seq);
  const status = step ? step[1] : start;
  return status === 'removed' ? null : status;
}

test.each(await recordings())(
  'the lane of an instance is the status that the page has at each event (%s)',
  async (name) => {
    const log = await read(name);
    const statusesAt = openPage(log);
    const entities = instancesOf(log);
    const last = log.at.get(log.end - 1);
    const lanes = runQuery(log, { ask: 'lanes', entities, from: 0, to: last }) as Lane[];
    for (let row = log.first; row < log.end; row += 1) {
      const seq = log.seq.get(row);
      const statuses = statusesAt(seq);
      for (const lane of lanes)
        expect({ seq, status: statusIn(lane, seq) }).toEqual({
          seq,
          status: statuses.get(lane.entity) ?? null,
        });
    }
  },
);

test.each(await recordings())(
  'the comparison of two moments has the instances whose status on the page differs (%s)',
  async (name) => {
    const log = await read(name);
    const statusesAt = openPage(log);
    const rows = log.end - log.first;
    const seqs = Array.from({ length: 12 }, (_, n) =>
      log.seq.get(log.first + Math.floor(((rows - 1) * n) / 11)),
    );
    const pages = seqs.map((seq) => statusesAt(seq));
    for (const [n, a] of seqs.entries()) {
      for (const [m, b] of seqs.entries()) {
        const differing = instancesOf(log).flatMap((entity) => {
          const [was, is] = [pages[n]?.get(entity) ?? null, pages[m]?.get(entity) ?? null];
          return certain(was) === certain(is) ? [] : [`${entity}: ${was} > ${is}`];
        });
        const found = runQuery(log, { ask: 'between', a, b }) as Difference[];
        const compared = found
          .filter(({ entity }) => log.entities.at(entity).entity === 'instance')
          .map((one) => ({ ...one, a: there(one.a), b: there(one.b) }))
          .filter((one) => one.a !== one.b)
          .map((one) => `${one.entity}: ${one.a} > ${one.b}`);
        expect({ a, b, compared: compared.sort() }).toEqual({ a, b, compared: differing.sort() });
      }
    }
  },
);

const certain = (status: string | null) => (status === 'unverified' ? 'live' : status);
const there = (state: string | null) => (state === 'removed' || state === 'adopted' ? null : state);

test('an instance of a killed agent is dubious in its lane before it is removed', async () => {
  const log = await read('killed');
  const last = log.at.get(log.end - 1);
  const entities = instancesOf(log);
  const lanes = runQuery(log, { ask: 'lanes', entities, from: 0, to: last }) as Lane[];
  const statuses = lanes.map(({ steps }) => steps.map(([, status, type]) => `${type}: ${status}`));
  expect(statuses).toContainEqual(
    expect.arrayContaining(['suspected: dubious', 'removed: removed']),
  );
});
