import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Cursor } from '../../../../src/dashboard/web/state/cursor.ts';
import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import { chainSubject } from '../../../../src/domain/events/event-subjects.ts';
import { toAgentRow, toInstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../../src/domain/fleet/fleet.ts';
import type { Observation } from '../../../../src/domain/fleet/observation.ts';
import { RegistryProjection } from '../../../../src/domain/replay/fold.ts';
import { applyEvent } from '../../../../src/runtime/audit/replay.ts';
import { recordings } from '../../../fixtures/golden/recording.ts';
import { openPage } from '../../support/recorded-page.ts';

const observations: readonly Observation[] = ['observed', 'unobserved', 'unknown'];

/** A row as the test compares it. */
interface Shown {
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly since: unknown;
}

const byName = (a: Shown, b: Shown): number => (a.name < b.name ? -1 : 1);

/**
 * When the audit stored the events that first have a date: records have the writers' clocks, the page has
 * the audit's. Records of several entities may have one date.
 */
class StoredTimes {
  readonly #times = new Map<unknown, number[]>();
  readonly #known = new Set<string>();

  add({ event: { of, record }, storedAt }: AuditEntry): void {
    const { since, startedAt, registeredAt, suspect } = AnyRecord.parse(record ?? {});
    for (const date of [since, startedAt, registeredAt, suspect?.since]) {
      const key = `${chainSubject(of)} ${date}`;
      if (date === undefined || this.#known.has(key)) continue;
      this.#known.add(key);
      this.#times.set(date, [...(this.#times.get(date) ?? []), storedAt]);
    }
  }

  of(date: number): readonly number[] {
    return this.#times.get(date) ?? [];
  }
}

const date = z.number().optional();
const AnyRecord = z.looseObject({
  ...{ since: date, startedAt: date, registeredAt: date },
  suspect: z.object({ since: z.number() }).optional(),
});

/** What the domain says of a replayed fleet, in the page's terms. */
function domainRows(fleet: Fleet, observation: Observation, times: StoredTimes): Shown[] {
  const isObserved = observation !== 'unobserved';
  const shown = (name: string, state: string, reason: string | null, since: number): Shown => ({
    name,
    status: state === 'live' && observation === 'unknown' ? 'unverified' : state,
    reason: reason ?? '',
    since: expect.toBeOneOf(times.of(since)),
  });
  return [...fleet.slots()]
    .flatMap((slot) => {
      const agent = toAgentRow(slot, fleet, isObserved);
      const rows = [...slot.instances.values()].flatMap((stored) => {
        if (stored.kind !== 'stored') return [];
        const row = toInstanceRow(stored, slot, fleet, isObserved);
        const name = `${row.service}/${row.id} ${row.host}/${row.agent} ${row.run}`;
        return [shown(name, row.state, row.reason, row.since)];
      });
      if (!agent) return rows;
      const state = agent.reason === 'unobserved' ? 'dubious' : agent.state;
      const name = `${agent.host}/${agent.agent} ${agent.run}`;
      return [shown(name, state, agent.reason, agent.since), ...rows];
    })
    .sort(byName);
}

const ended = new Set(['gone', 'left', 'superseded']);

function pageRows({ fleet: model }: Cursor): Shown[] {
  return model
    .slots()
    .flatMap(({ host, agent, entityState, status, reason, instances }) => [
      ...(ended.has(status)
        ? []
        : [
            {
              name: `${host}/${agent} ${entityState.entity.run}`,
              status,
              reason,
              since: entityState.since,
            },
          ]),
      ...instances.map((one) => ({
        name: `${one.service}/${one.id} ${host}/${agent} ${one.run}`,
        status: one.status,
        reason: one.status === 'failing' ? '' : one.reason,
        since: one.since,
      })),
    ])
    .sort(byName);
}

describe.each(await recordings())('at every event of the recording %s', (name) => {
  test.each(observations)('the page shows the rows of the domain (%s)', async (observation) => {
    const { events, cursor, seek } = await openPage(name);
    const fleet = new Fleet();
    const fold = new RegistryProjection();
    const times = new StoredTimes();
    let compared = 0;
    for (const entry of events) {
      applyEvent(fleet, fold, entry);
      times.add(entry);
      seek(entry.seq);
      cursor.fleet.setObservation(observation);
      const expected = domainRows(fleet, observation, times);
      expect({ seq: entry.seq, rows: pageRows(cursor) }).toEqual({
        seq: entry.seq,
        rows: expected,
      });
      compared += expected.length;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
