import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../../src/composition/time/moment-expression.ts';

/** Noon of a day, in the local time zone. */
const now = new Date(2026, 0, 31, 12, 0, 0).getTime();
const local = (...parts: [number, number, number, number?, number?, number?, number?]) =>
  new Date(...parts).getTime();

describe('a moment', () => {
  it.each([
    ['12', { kind: 'seq', seq: 12, before: false }],
    ['#12', { kind: 'seq', seq: 12, before: false }],
    ['before:12', { kind: 'seq', seq: 12, before: true }],
    ['before:#12', { kind: 'seq', seq: 12, before: true }],
    ['deadbeef', { kind: 'event', id: 'deadbeef', before: false }],
    ['before:DEADBEEF', { kind: 'event', id: 'deadbeef', before: true }],
    ['7'.repeat(64), { kind: 'event', id: '7'.repeat(64), before: false }],
    [
      'before:de08806d-3b63-465a-ad7b-6593bc9c278d',
      { kind: 'event', id: 'de08806d-3b63-465a-ad7b-6593bc9c278d', before: true },
    ],
  ])('may be an event: %s', (text, moment) => {
    expect(parseMoment(text, now)).toEqual(moment);
  });

  it.each([
    ['now', now],
    ['10m ago', now - 600_000],
    ['1h 30m ago', now - 5_400_000],
    ['2026-01-31T12:03:10Z', Date.UTC(2026, 0, 31, 12, 3, 10)],
    ['2026-01-31T12:03:10.5+01:00', Date.UTC(2026, 0, 31, 11, 3, 10, 500)],
    ['2026-01-31 12:03:10 UTC', Date.UTC(2026, 0, 31, 12, 3, 10)],
    ['2026-01-30 12:03:10.123', local(2026, 0, 30, 12, 3, 10, 123)],
    ['2026-01-30 12:03:10,123', local(2026, 0, 30, 12, 3, 10, 123)],
    ['2026-01-30 12:03', local(2026, 0, 30, 12, 3)],
    ['2026-01-30', local(2026, 0, 30)],
    ['11:59:59', local(2026, 0, 31, 11, 59, 59)],
    ['12:00', local(2026, 0, 31, 12)],
    ['12:00:01', local(2026, 0, 30, 12, 0, 1)],
    ['yesterday 12:03', local(2026, 0, 30, 12, 3)],
    ['30 Jan 12:03:10', local(2026, 0, 30, 12, 3, 10)],
  ])(
    'may be a time, without a date the latest one, without a zone the local one: %s',
    (text, at) => {
      expect(parseMoment(text, now)).toEqual({ kind: 'time', at });
    },
  );

  it.each([
    ...['', ' ', '0', '-3', '1.5', 'yesterday', '10m', '10 ago', 'ago', 'before:', 'before:now'],
    ...['2026-1-3', '2026-02-30', '2026-13-01', '2026-01-31T25:00Z', '25:00', '12:60', 'deadbee'],
    ...['before:10m ago', 'de08806d-3b63', '2026-01-31T12:03:10 Mars', '12:03:10 Mars'],
  ])('is not parsed from %j', (text) => {
    expect(parseMoment(text, now)).toBeUndefined();
  });
});
