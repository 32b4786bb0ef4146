import { describe, expect, it } from 'vitest';
import { forecastBrakes } from '../../../src/domain/collection/brake-forecast.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import { brakeEntry, holdEntry } from '../support/sample-fleet.ts';
import { agentEntry, agentRecord, runId } from '../support/sample-records.ts';

const now = Date.UTC(2026, 5, 1);
const zone = ZoneName.parse('r1');

/** A zone with that many agents, of which the first are suspect for that long. */
function fleetOf(
  count: number,
  silent: number,
  { suspectFor = seconds(60), on = true } = {},
): Fleet {
  const fleet = new Fleet();
  const suspect = { suspect: { reason: 'silent' as const, since: now - suspectFor } };
  const entries = Array.from({ length: count }, (_, n) =>
    agentEntry(n + 1, agentRecord(`h${n}/a`, `r${n}`, { zone, ...(n < silent && suspect) })),
  );
  fleet.replace(
    on ? [...entries, brakeEntry('r1', { seen: count, suspect: silent })] : entries,
    99,
  );
  return fleet;
}

describe('the forecast of a brake', () => {
  it('ends when few enough runs are suspect to release the brake', () => {
    // After 4 of 20 are removed, 2 of 16 are suspect: less than 15 %.
    expect(forecastBrakes(fleetOf(20, 6), now)).toMatchObject([
      { zone, seen: 20, suspect: 6, heldBack: 6, pace: seconds(10), endsAt: now + seconds(40) },
    ]);
  });

  it('gives the runs after the release the time of the release', () => {
    const [forecast] = forecastBrakes(fleetOf(20, 6), now);
    const waits = [...(forecast?.turns.values() ?? [])].map(({ at }) => (at - now) / 1000);
    expect(waits).toEqual([10, 20, 30, 40, 40, 40]);
  });

  it('does not count a run in its grace as held back, and the pace runs meanwhile', () => {
    const [forecast] = forecastBrakes(fleetOf(20, 6, { suspectFor: seconds(5) }), now);
    expect(forecast).toMatchObject({ heldBack: 0, endsAt: now + seconds(55) });
  });

  it('gives the turns in the order of the fleet, as a sweep does', () => {
    const fleet = new Fleet();
    const of = (host: string, suspectFor: number) =>
      agentEntry(
        1,
        agentRecord(`${host}/a`, `run${host}`, {
          ...{ zone, grace: seconds(30) },
          suspect: { reason: 'silent', since: now - suspectFor },
        }),
      );
    const since = now - seconds(13);
    fleet.replace(
      [
        ...[of('h1', seconds(40)), of('h2', seconds(15)), of('h3', seconds(60))],
        brakeEntry('r1', { seen: 3, suspect: 3, since, expired: 1 }),
      ],
      99,
    );
    const [forecast] = forecastBrakes(fleet, now);
    expect(forecast?.heldBack).toBe(2);
    // The permits come 20, 30 and 40 s after the brake tripped; the grace of h2 ends in 15 s.
    expect([...(forecast?.turns ?? [])]).toEqual([
      [runId('runh1'), { turn: 1, at: now + seconds(7), isHeldBack: true }],
      [runId('runh2'), { turn: 2, at: now + seconds(17), isHeldBack: false }],
      [runId('runh3'), { turn: 3, at: now + seconds(27), isHeldBack: true }],
    ]);
  });

  it('includes a brake that is about to trip', () => {
    expect(forecastBrakes(fleetOf(5, 3, { on: false }), now)).toMatchObject([
      { record: undefined },
    ]);
    expect(forecastBrakes(fleetOf(5, 2, { on: false }), now)).toEqual([]);
  });

  it('ends immediately for a zone that has become empty', () => {
    const fleet = new Fleet();
    fleet.replace([brakeEntry('r1', { seen: 5, suspect: 5 })], 9);
    expect(forecastBrakes(fleet, now)).toMatchObject([{ seen: 0, suspect: 0, endsAt: now }]);
  });

  it('has no end while the suspect runs cannot be declared dead', () => {
    const [forecast] = forecastBrakes(fleetOf(5, 4), now, 0, () => true);
    expect(forecast).toMatchObject({ heldBack: 0, endsAt: null });
  });

  it('leaves out runs that are on hold', () => {
    const fleet = fleetOf(5, 4);
    fleet.apply([holdEntry('h0', { until: now + 1 })], 100);
    expect(forecastBrakes(fleet, now)).toMatchObject([{ seen: 5, suspect: 3, heldBack: 3 }]);
  });
});
