import { expect, test } from 'vitest';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { SeatHistory } from '../../../src/domain/fleet/seat-history.ts';
import type { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';

const refOf = (run: string) => ({
  host: 'h1' as HostId,
  agent: 'collector' as AgentName,
  run: run as RunId,
});
type Event = Pick<AuditEvent, 'of' | 'actor' | 'to'>;
const collectorEvent = (run: string, to: Event['to']): Event => ({
  of: { entity: 'collector', ...refOf(run) },
  actor: refOf(run),
  to,
});
const judged: Event = {
  of: { entity: 'run', host: 'h2' as HostId, agent: 'a' as AgentName, run: 'r2' as RunId },
  actor: refOf('r1'),
  to: 'expired',
};

const seated = (): SeatHistory => {
  const seats = new SeatHistory();
  seats.take({ event: collectorEvent('r1', 'sleeping'), storedAt: 1 });
  seats.take({ event: collectorEvent('r1', { seated: 'watching' }), storedAt: 2 });
  return seats;
};

test('a collector has a seat from its event on', () => {
  expect(seated().collectors()).toEqual([{ hasSeat: true, lastActAt: 2, watchingSince: 2 }]);
});

test('a collector that sleeps has no seat', () => {
  const seats = seated();
  seats.take({ event: collectorEvent('r1', 'sleeping'), storedAt: 3 });
  expect(seats.collectors()).toEqual([]);
});

test('an event of another entity is an act of the collector that wrote it', () => {
  const seats = seated();
  seats.take({ event: judged, storedAt: 9 });
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 9, watchingSince: 2 }]);
});

test('a later event shows that its collector had a seat at the moment, and shows nothing about others', () => {
  const seats = seated();
  seats.takeLater({ event: collectorEvent('r3', { seated: 'blind' }), storedAt: 8 });
  seats.takeLater({ event: collectorEvent('r1', 'sleeping'), storedAt: 9 });
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 9, watchingSince: 2 }]);
});

test('a keyframe tells which collectors have a seat, but not when they last acted', () => {
  const seats = SeatHistory.from([
    ['h1.collector.r1.collector', { value: { seated: 'watching' } }],
    ['h1.collector.r2.collector', { value: 'stopped' }],
    ['h1.a.r3', { value: { seated: 'watching' } }],
  ]);
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 0 }]);
  seats.see('r1', 7);
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 7 }]);
});

test('a collector with a seat is blind until an event reports that it watches', () => {
  const seats = new SeatHistory();
  seats.take({ event: collectorEvent('r1', { seated: 'blind' }), storedAt: 1 });
  expect(seats.collectors()).toEqual([
    { hasSeat: true, isBlind: true, lastActAt: 1, watchingSince: 1 },
  ]);
  seats.take({ event: collectorEvent('r1', { seated: 'watching' }), storedAt: 2 });
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 2, watchingSince: 2 }]);
});

test('a collector watches through its removals, and anew after it was blind', () => {
  const seats = seated();
  const take = (to: Event['to'], storedAt: number) =>
    seats.take({ event: collectorEvent('r1', to), storedAt });
  take({ seated: 'removing' }, 3);
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 3, watchingSince: 2 }]);
  take({ seated: 'blind' }, 4);
  expect(seats.collectors()).toEqual([
    { hasSeat: true, isBlind: true, lastActAt: 4, watchingSince: 4 },
  ]);
  take({ seated: 'watching' }, 5);
  expect(seats.collectors()).toEqual([{ hasSeat: true, lastActAt: 5, watchingSince: 5 }]);
});
