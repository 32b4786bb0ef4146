import { describe, expect, test } from 'vitest';
import {
  type ClosedConnection,
  ClosedConnectionDiff,
  mostOpen,
  OpenConnectionDiff,
} from '../../../../src/adapters/nats/disconnects/closed-connections.ts';
import type { ConnectionList } from '../../../../src/adapters/nats/disconnects/connection-lists.ts';

type Listed = readonly [cid: number, name: string];

/** As the server lists them: newest first. */
const open = (server: string, ...connections: readonly Listed[]): ConnectionList => ({
  server,
  now: 0,
  total: connections.length,
  connections: connections
    .map(([cid, name]) => ({ cid, name, reason: '', stop: Number.NaN }))
    .toReversed(),
});

const page = (list: ConnectionList, limit: number): ConnectionList => ({
  ...list,
  connections: list.connections.slice(0, limit),
});

const crowd = (size: number): readonly Listed[] =>
  Array.from({ length: size }, (_, n) => [n + 1, `name ${n}`]);

/** After this, whoever is compared next is compared with these. */
function lists(...held: readonly ConnectionList[]): OpenConnectionDiff {
  const known = new OpenConnectionDiff();
  known.changed(held.map((list) => page(list, 1)));
  expect(known.compare(held)).toEqual([]);
  return known;
}

const gone = (server: string, cid: number, name: string): ClosedConnection => ({
  ...{ server, cid, name, reason: '' },
});

describe('of open connections', () => {
  test('those of the first list had not gone, whoever was there before', () => {
    expect(new OpenConnectionDiff().compare([open('s1', [1, 'a'])])).toEqual([]);
  });

  test('one that is listed no more is gone, once', () => {
    const known = lists(open('s1', [1, 'a'], [2, 'b'], [3, 'c']));
    expect(known.compare([open('s1', [1, 'a'], [3, 'c'])])).toEqual([gone('s1', 2, 'b')]);
    expect(known.compare([open('s1', [1, 'a'], [3, 'c'])])).toEqual([]);
  });

  test('all of a server may be gone', () => {
    const known = lists(open('s1', [1, 'a'], [2, 'b']));
    expect(known.compare([open('s1')])).toHaveLength(2);
  });

  test('none is gone of a server that said nothing, also when it is heard again', () => {
    const known = lists(open('s1', [1, 'a']), open('s2', [1, 'b'], [2, 'c']));
    expect(known.compare([open('s1', [1, 'a'])])).toEqual([]);
    expect(known.compare([])).toEqual([]);
    const heard = [open('s1', [1, 'a']), open('s2', [1, 'b'])];
    expect(known.compare(heard)).toEqual([gone('s2', 2, 'c')]);
  });

  test('a number says nothing on another server', () => {
    const known = lists(open('s1', [1, 'a']), open('s2', [1, 'b']));
    expect(known.compare([open('s1'), open('s2', [1, 'b'])])).toEqual([gone('s1', 1, 'a')]);
  });

  test.each<[string, readonly ConnectionList[], readonly ConnectionList[], number]>([
    ['at the same server', [open('s1', [1, 'a'])], [open('s1', [2, 'a'])], 0],
    ['under another name', [open('s1', [1, 'a'])], [open('s1', [2, 'b'])], 1],
    [
      'at another server',
      [open('s1', [1, 'a']), open('s2')],
      [open('s1'), open('s2', [9, 'a'])],
      0,
    ],
    [
      'at one that answered for the first time',
      [open('s1', [1, 'a'])],
      [open('s1'), open('s2', [9, 'a'])],
      0,
    ],
    ['before it went', [open('s1', [1, 'a'], [2, 'a'])], [open('s1', [2, 'a'])], 0],
    ['and only an older one is left', [open('s1', [1, 'a'], [2, 'a'])], [open('s1', [1, 'a'])], 1],
    [
      'and only one as old is left at another server',
      [open('s1', [1, 'a']), open('s2', [9, 'a'])],
      [open('s1'), open('s2', [9, 'a'])],
      1,
    ],
  ])('one whose client is back %s', (_, before, after, count) => {
    expect(lists(...before).compare(after)).toHaveLength(count);
  });

  test.each<[number, number]>([
    [mostOpen - 1, 1],
    [mostOpen, 1],
    [mostOpen + 1, 0],
  ])('of a server with %i so many are told of', (size, count) => {
    const before = page(open('s1', ...crowd(size)), mostOpen);
    const after = page(open('s1', ...crowd(size).toSpliced(500, 1)), mostOpen);
    const known = new OpenConnectionDiff();
    known.changed([page(before, 1)]);
    known.compare([before]);
    expect(known.compare([after])).toHaveLength(count);
  });

  test('none is gone only because so many came that the list is cut short', () => {
    const known = lists(open('s1', ...crowd(3)));
    expect(known.compare([page(open('s1', ...crowd(mostOpen + 3)), mostOpen)])).toEqual([]);
  });

  test('none is gone of a server that has had too many meanwhile', () => {
    const known = lists(open('s1', [1, 'a'], [2, 'b']));
    expect(known.changed([page(open('s1', ...crowd(mostOpen + 1)), 1)])).toBe(false);
    expect(known.changed([page(open('s1', [1, 'a']), 1)])).toBe(true);
    expect(known.compare([open('s1', [1, 'a'])])).toEqual([]);
  });

  test.each<[string, readonly ConnectionList[], boolean]>([
    ['as they were', [open('s1', [1, 'a'], [2, 'b']), open('s2', [1, 'c'])], false],
    ['of one server alone', [open('s2', [1, 'c'])], false],
    ['one fewer', [open('s1', [2, 'b']), open('s2', [1, 'c'])], true],
    ['one more', [open('s1', [1, 'a'], [2, 'b'], [3, 'c'])], true],
    ['as many, one of them another', [open('s1', [2, 'b'], [3, 'a'])], true],
    ['of a server that is new', [open('s3')], true],
  ])('the whole list is asked for where they are %s: %s', (_, seen, changed) => {
    const known = lists(open('s1', [1, 'a'], [2, 'b']), open('s2', [1, 'c']));
    expect(known.changed(seen.map((list) => page(list, 1)))).toBe(changed);
  });

  test('one that had not said its name when it was first seen is looked at once more', () => {
    const known = lists(open('s1', [1, 'a'], [2, '']));
    expect(known.changed([open('s1', [1, 'a'], [2, 'b'])])).toBe(true);
    expect(known.compare([open('s1', [1, 'a'], [2, 'b'])])).toEqual([]);
    expect(known.changed([open('s1', [1, 'a'], [2, 'b'])])).toBe(false);
    expect(known.compare([open('s1', [1, 'a'])])).toEqual([gone('s1', 2, 'b')]);
  });

  test('one that never says its name is looked at no more often', () => {
    const known = lists(open('s1', [1, '']));
    known.compare([open('s1', [1, ''])]);
    expect(known.changed([open('s1', [1, ''])])).toBe(false);
  });

  test('a server that is heard is not forgotten, however long nothing changes', () => {
    const known = lists(open('s1', [1, 'a']));
    for (let look = 1; look <= 250; look += 1) {
      expect(known.changed([open('s1', [1, 'a'])])).toBe(false);
    }
  });

  test('a server that is not heard for a minute is forgotten', () => {
    const known = lists(open('s1', [1, 'a']), open('s2', [1, 'b']));
    for (let look = 1; look < 120; look += 1) known.changed([open('s1', [1, 'a'])]);
    expect(known.changed([open('s2', [1, 'b'])])).toBe(false);
    for (let look = 1; look <= 121; look += 1) known.changed([open('s1', [1, 'a'])]);
    expect(known.changed([open('s2', [1, 'b'])])).toBe(true);
  });
});

describe('of closed connections', () => {
  const reason = 'Client Closed';
  /** Newest first, by when each closed: its number too. */
  const closed = (now: number, stops: readonly number[], total = stops.length): ConnectionList => ({
    ...{ server: 's1', now, total },
    connections: stops.map((stop) => ({ cid: stop, name: `at ${stop}`, reason, stop })),
  });
  const news = (taken: ReturnType<ClosedConnectionDiff['take']>) =>
    taken.news.map(({ cid }) => cid);

  function heard(now: number): ClosedConnectionDiff {
    const known = new ClosedConnectionDiff();
    expect(known.take(closed(now, [now - 1], 10))).toEqual({ news: [], more: false });
    return known;
  }

  test('what closed before a server was first heard is no news', () => {
    const taken = heard(5000).take(closed(5500, [5001, 5000, 4999]));
    expect(news(taken)).toEqual([5001, 5000]);
  });

  test('what is listed late is news all the same', () => {
    const known = heard(5000);
    known.take(closed(8000, [7000]));
    expect(news(known.take(closed(8500, [7000, 6500, 5999])))).toEqual([7000, 6500]);
  });

  test('news is told with its server, its number, its name and its reason', () => {
    expect(heard(5000).take(closed(5500, [5200])).news).toEqual([
      { server: 's1', cid: 5200, name: 'at 5200', reason },
    ]);
  });

  test.each<[string, readonly number[], number, boolean]>([
    ['ends with what is known', [5200, 4000], 10, false],
    ['is nothing but news', [5200, 5100], 10, true],
    ['is nothing but news, and all there is', [5200, 5100], 2, false],
    ['is no news', [4000], 10, false],
  ])('there may be more where the list %s', (_, stops, total, more) => {
    expect(heard(5000).take(closed(5500, stops, total)).more).toBe(more);
  });

  test('what did not fit is news the next time', () => {
    const known = heard(5000);
    expect(known.take(closed(9000, [8900], 10)).more).toBe(true);
    expect(news(known.take(closed(9000, [8900, 5100, 4000], 10)))).toEqual([8900, 5100]);
  });

  test('each server has a clock of its own', () => {
    const known = heard(5000);
    known.take({ ...closed(100, [90]), server: 's2' });
    expect(news(known.take({ ...closed(200, [150, 50]), server: 's2' }))).toEqual([150]);
  });

  test('a server that does not tell the time tells nothing', () => {
    const known = new ClosedConnectionDiff();
    known.take(closed(Number.NaN, [1]));
    expect(news(known.take(closed(Number.NaN, [2])))).toEqual([]);
  });

  test('one of which it is not told when it closed is no news', () => {
    expect(news(heard(5000).take(closed(5500, [Number.NaN])))).toEqual([]);
  });
});
