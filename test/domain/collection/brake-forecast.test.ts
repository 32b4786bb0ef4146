import { describe, expect, it } from 'vitest';
import { forecastBrakes } from '../../../src/domain/collection/brake-forecast.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import { brakeEntry, holdEntry } from '../support/sample-fleet.ts';
import { agentEntry, agentRecord } from '../support/sample-records.ts';

const now = Date.UTC(2026, 5, 1);
const zone = ZoneName.parse('r1');

/** A zone of so many, of which the first are suspect for so long. */
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

describe('a brake, seen ahead', () => {
  it('goes on until so few are suspect that it is released', () => {
    // 4 of 20 let through: 2 of 16 are less than 15 %.
    expect(forecastBrakes(fleetOf(20, 6), now)).toMatchObject([
      { zone, seen: 20, suspect: 6, heldBack: 6, pace: seconds(10), endsAt: now + seconds(40) },
    ]);
  });

  it('those who come after it is released wait for nobody', () => {
    const [forecast] = forecastBrakes(fleetOf(20, 6), now);
    const waits = [...(forecast?.turns.values() ?? [])].map(({ at }) => (at - now) / 1000);
    expect(waits).toEqual([10, 20, 30, 40, 40, 40]);
  });

  it('holds nobody back whose grace goes on; the pace runs meanwhile', () => {
    const [forecast] = forecastBrakes(fleetOf(20, 6, { suspectFor: seconds(5) }), now);
    expect(forecast).toMatchObject({ heldBack: 0, endsAt: now + seconds(55) });
  });

  it('that is about to trip is told of', () => {
    expect(forecastBrakes(fleetOf(5, 3, { on: false }), now)).toMatchObject([
      { record: undefined },
    ]);
    expect(forecastBrakes(fleetOf(5, 2, { on: false }), now)).toEqual([]);
  });

  it('of a zone that has become empty is over at once', () => {
    const fleet = new Fleet();
    fleet.replace([brakeEntry('r1', { seen: 5, suspect: 5 })], 9);
    expect(forecastBrakes(fleet, now)).toMatchObject([{ seen: 0, suspect: 0, endsAt: now }]);
  });

  it('does not end by itself where those who keep it on are not declared dead', () => {
    const [forecast] = forecastBrakes(fleetOf(5, 4), now, () => true);
    expect(forecast).toMatchObject({ heldBack: 0, endsAt: null });
  });

  it('has nothing to do with who is on hold', () => {
    const fleet = fleetOf(5, 4);
    fleet.apply([holdEntry('h0', { until: now + 1 })], 100);
    expect(forecastBrakes(fleet, now)).toMatchObject([{ seen: 5, suspect: 3, heldBack: 3 }]);
  });
});
