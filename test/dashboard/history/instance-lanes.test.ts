import { expect, test } from 'vitest';
import type { Lane } from '../../../src/dashboard/history/query-types.ts';
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
    const cursor = new Cursor();
    const worker = new TabCursor(log, (message) => cursor.onMessage(message));
    worker.sendChanges();
    const entities = instancesOf(log);
    const last = log.at.get(log.end - 1);
    const lanes = runQuery(log, { ask: 'lanes', entities, from: 0, to: last }) as Lane[];
    for (let row = log.first; row < log.end; row += 1) {
      const seq = log.seq.get(row);
      worker.onMessage(cursor.seek(seq));
      const statuses = new Map(
        cursor.fleet
          .slots()
          .flatMap(({ instances }) =>
            instances.map((one) => [one.entityState.number, statusOf(one)] as const),
          ),
      );
      for (const lane of lanes)
        expect({ seq, status: statusIn(lane, seq) }).toEqual({
          seq,
          status: statuses.get(lane.entity) ?? null,
        });
    }
  },
);

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
