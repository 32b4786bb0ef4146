import { expect, test } from 'vitest';
import { fleetRows } from '../../../../src/domain/fleet/fleet-rows.ts';
import { observationAt } from '../../../../src/runtime/audit/observation-at.ts';
import { replayTo } from '../../../../src/runtime/audit/replay.ts';
import { recorded, recordings } from '../../../fixtures/golden/recording.ts';
import { openPage } from '../../support/recorded-page.ts';

const { signal } = new AbortController();

test.each(await recordings())(
  'the page and a replay agree on every row at every event (%s)',
  async (name) => {
    const { cursor, events, seek } = await openPage(name);
    const history = recorded(name);
    for (const { seq } of events) {
      seek(seq);
      const replayed = await replayTo(history, { seq }, undefined, signal);
      const observation = await observationAt(replayed, history, { signal });
      expect({ seq, observation }).toEqual({ seq, observation: cursor.fleet.observation });
      const rows = fleetRows(replayed.fleet, observation);
      const replayedRows = rows.instances.map(
        ({ service, id, run, state, reason }) => `${service}/${id} ${run} ${state} ${reason ?? ''}`,
      );
      // The command shows as live what the page shows as unverified, with a note.
      const pageRows = cursor.fleet
        .slots()
        .flatMap(({ instances }) => instances)
        .map(({ service, id, run, status, reason }) => {
          const state = status === 'unverified' && observation === 'unknown' ? 'live' : status;
          return `${service}/${id} ${run} ${state} ${state === 'failing' ? '' : reason}`;
        });
      expect({ seq, rows: pageRows.toSorted() }).toEqual({ seq, rows: replayedRows.toSorted() });
    }
  },
);
