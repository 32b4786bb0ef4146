import { describe, expect, it } from 'vitest';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { brakeEntry } from '../support/sample-fleet.ts';
import { runId } from '../support/sample-records.ts';
import { agent, fleetOf, grace, leaseOf, now, rows, suspectFor } from './planned-rows.ts';

describe('the plan for a braked zone', () => {
  const zone = (count: number, silent: number, ...more: readonly KeyValueEntry[]) =>
    fleetOf(
      ...Array.from({ length: count }, (_, n) =>
        agent(`h${n}/a`, `r${n}`, n < silent ? suspectFor(grace + seconds(n + 1)) : {}),
      ),
      ...more,
    );
  const alive = (from: number, to: number) =>
    new Set(Array.from({ length: to - from }, (_, n) => leaseOf(`h${from + n}/a`, `r${from + n}`)));

  it('gives turns that are one pace apart, in the order of the fleet', () => {
    const fleet = zone(10, 5, brakeEntry('default', { seen: 10, suspect: 5 }));
    const planned = rows(fleet, { leases: alive(5, 10) });
    expect(planned.map(({ heldBy, at }) => [heldBy, (at ?? 0) - now])).toEqual(
      [1, 2, 3, 4, 5].map((turn) => [
        { by: 'brake', zone: 'default', seen: 10, suspect: 5, pace: seconds(10), turn },
        turn * seconds(10),
      ]),
    );
  });

  it('includes the brake that is about to trip', () => {
    const [first] = rows(zone(4, 3), { leases: alive(3, 4) });
    expect(first?.heldBy).toMatchObject({ by: 'brake', turn: 1 });
  });

  it('has no brake when too few runs are suspect', () => {
    const [first] = rows(zone(4, 2), { leases: alive(2, 4) });
    expect(first?.heldBy).toBeNull();
  });

  it('gives no turn to a run that cannot be declared dead', () => {
    const fleet = zone(10, 5, brakeEntry('default', { seen: 10, suspect: 5 }));
    const leases = new Set([...alive(5, 10), leaseOf('h0/a', 'r0')]);
    const planned = rows(fleet, { leases, answering: new Set([runId('r1')]) });
    expect(planned.map(({ heldBy }) => heldBy)).toMatchObject([
      { by: 'lease-stands' },
      { by: 'answers' },
      { turn: 1 },
      { turn: 2 },
      { turn: 3 },
    ]);
  });

  it('gives no turn while the record of the brake is unreadable', () => {
    const fleet = zone(10, 1, { key: 'brake.default', revision: 9, text: '{"v":99}' });
    const planned = rows(fleet, { leases: alive(1, 10) });
    expect(planned[0]).toMatchObject({ at: null, heldBy: { by: 'brake', turn: null } });
    expect(planned[1]).toMatchObject({ why: 'unreadable', key: 'brake.default' });
  });
});
