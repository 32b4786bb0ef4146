import { describe, expect, test } from 'vitest';
import {
  type ClosedConnection,
  ClosedConnectionDiff,
  maxOpen,
  OpenConnectionDiff,
} from '../../../../src/adapters/nats/disconnects/closed-connections.ts';
import type { ConnectionList } from '../../../../src/adapters/nats/disconnects/connection-lists.ts';

type Listed = readonly [cid: number, name: string];

/** In the order of the server: newest first. */
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

const connections = (size: number): readonly Listed[] =>
  Array.from({ length: size }, (_, n) => [n + 1, `name ${n}`]);

/** A diff that has already compared these lists. */
function diffAfter(...initial: readonly ConnectionList[]): OpenConnectionDiff {
  const diff = new OpenConnectionDiff();
  diff.hasChanged(initial.map((list) => page(list, 1)));
  expect(diff.compare(initial)).toEqual([]);
  return diff;
}

const gone = (server: string, cid: number, name: string): ClosedConnection => ({
  ...{ server, cid, name, reason: '' },
});

describe('the diff of open connections', () => {
  test('reports nothing for the first list of a server', () => {
    expect(new OpenConnectionDiff().compare([open('s1', [1, 'a'])])).toEqual([]);
  });

  test('reports a connection that is no longer listed once', () => {
    const diff = diffAfter(open('s1', [1, 'a'], [2, 'b'], [3, 'c']));
    expect(diff.compare([open('s1', [1, 'a'], [3, 'c'])])).toEqual([gone('s1', 2, 'b')]);
    expect(diff.compare([open('s1', [1, 'a'], [3, 'c'])])).toEqual([]);
  });

  test('reports all connections of a server that lists none any more', () => {
    const diff = diffAfter(open('s1', [1, 'a'], [2, 'b']));
    expect(diff.compare([open('s1')])).toHaveLength(2);
  });

  test('reports nothing for a server that does not reply, and compares when it replies again', () => {
    const diff = diffAfter(open('s1', [1, 'a']), open('s2', [1, 'b'], [2, 'c']));
    expect(diff.compare([open('s1', [1, 'a'])])).toEqual([]);
    expect(diff.compare([])).toEqual([]);
    const later = [open('s1', [1, 'a']), open('s2', [1, 'b'])];
    expect(diff.compare(later)).toEqual([gone('s2', 2, 'c')]);
  });

  test('keeps equal connection numbers of two servers apart', () => {
    const diff = diffAfter(open('s1', [1, 'a']), open('s2', [1, 'b']));
    expect(diff.compare([open('s1'), open('s2', [1, 'b'])])).toEqual([gone('s1', 1, 'a')]);
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
  ])('a closed connection with one of its name %s is reported: %#', (_, before, after, count) => {
    expect(diffAfter(...before).compare(after)).toHaveLength(count);
  });

  test.each<[number, number]>([
    [maxOpen - 1, 1],
    [maxOpen, 1],
    [maxOpen + 1, 0],
  ])('a server with %i connections has %i closed one reported', (size, count) => {
    const before = page(open('s1', ...connections(size)), maxOpen);
    const after = page(open('s1', ...connections(size).toSpliced(500, 1)), maxOpen);
    const diff = new OpenConnectionDiff();
    diff.hasChanged([page(before, 1)]);
    diff.compare([before]);
    expect(diff.compare([after])).toHaveLength(count);
  });

  test('reports nothing when new connections make the list incomplete', () => {
    const diff = diffAfter(open('s1', ...connections(3)));
    expect(diff.compare([page(open('s1', ...connections(maxOpen + 3)), maxOpen)])).toEqual([]);
  });

  test('starts over with a server that had too many connections meanwhile', () => {
    const diff = diffAfter(open('s1', [1, 'a'], [2, 'b']));
    expect(diff.hasChanged([page(open('s1', ...connections(maxOpen + 1)), 1)])).toBe(false);
    expect(diff.hasChanged([page(open('s1', [1, 'a']), 1)])).toBe(true);
    expect(diff.compare([open('s1', [1, 'a'])])).toEqual([]);
  });

  test.each<[string, readonly ConnectionList[], boolean]>([
    ['no change', [open('s1', [1, 'a'], [2, 'b']), open('s2', [1, 'c'])], false],
    ['a reply of only one server', [open('s2', [1, 'c'])], false],
    ['one connection fewer', [open('s1', [2, 'b']), open('s2', [1, 'c'])], true],
    ['one connection more', [open('s1', [1, 'a'], [2, 'b'], [3, 'c'])], true],
    ['one connection replaced by another', [open('s1', [2, 'b'], [3, 'a'])], true],
    ['the first reply of a server', [open('s3')], true],
  ])('the complete list is needed after %s: %s', (_, seen, changed) => {
    const diff = diffAfter(open('s1', [1, 'a'], [2, 'b']), open('s2', [1, 'c']));
    expect(diff.hasChanged(seen.map((list) => page(list, 1)))).toBe(changed);
  });

  test('lists the connections once more after one without a name appeared', () => {
    const diff = diffAfter(open('s1', [1, 'a'], [2, '']));
    expect(diff.hasChanged([open('s1', [1, 'a'], [2, 'b'])])).toBe(true);
    expect(diff.compare([open('s1', [1, 'a'], [2, 'b'])])).toEqual([]);
    expect(diff.hasChanged([open('s1', [1, 'a'], [2, 'b'])])).toBe(false);
    expect(diff.compare([open('s1', [1, 'a'])])).toEqual([gone('s1', 2, 'b')]);
  });

  test('does not list the connections repeatedly for one that stays without a name', () => {
    const diff = diffAfter(open('s1', [1, '']));
    diff.compare([open('s1', [1, ''])]);
    expect(diff.hasChanged([open('s1', [1, ''])])).toBe(false);
  });

  test('keeps the state of a server that replies, however long nothing changes', () => {
    const diff = diffAfter(open('s1', [1, 'a']));
    for (let look = 1; look <= 250; look += 1) {
      expect(diff.hasChanged([open('s1', [1, 'a'])])).toBe(false);
    }
  });

  test('drops the state of a server that does not reply for a minute', () => {
    const diff = diffAfter(open('s1', [1, 'a']), open('s2', [1, 'b']));
    for (let look = 1; look < 120; look += 1) diff.hasChanged([open('s1', [1, 'a'])]);
    expect(diff.hasChanged([open('s2', [1, 'b'])])).toBe(false);
    for (let look = 1; look <= 121; look += 1) diff.hasChanged([open('s1', [1, 'a'])]);
    expect(diff.hasChanged([open('s2', [1, 'b'])])).toBe(true);
  });
});

describe('the diff of closed connections', () => {
  const reason = 'Client Closed';
  /** Newest first, by when each closed: its number too. */
  const closed = (now: number, stops: readonly number[], total = stops.length): ConnectionList => ({
    ...{ server: 's1', now, total },
    connections: stops.map((stop) => ({ cid: stop, name: `at ${stop}`, reason, stop })),
  });
  const news = (taken: ReturnType<ClosedConnectionDiff['take']>) =>
    taken.news.map(({ cid }) => cid);

  function diffSince(now: number): ClosedConnectionDiff {
    const diff = new ClosedConnectionDiff();
    expect(diff.take(closed(now, [now - 1], 10))).toEqual({ news: [], more: false });
    return diff;
  }

  test('does not report connections that closed before the first list', () => {
    const taken = diffSince(5000).take(closed(5500, [5001, 5000, 4999]));
    expect(news(taken)).toEqual([5001, 5000]);
  });

  test('reports a connection that is listed late', () => {
    const diff = diffSince(5000);
    diff.take(closed(8000, [7000]));
    expect(news(diff.take(closed(8500, [7000, 6500, 5999])))).toEqual([7000, 6500]);
  });

  test('reports server, number, name and reason', () => {
    expect(diffSince(5000).take(closed(5500, [5200])).news).toEqual([
      { server: 's1', cid: 5200, name: 'at 5200', reason },
    ]);
  });

  test.each<[string, readonly number[], number, boolean]>([
    ['ends with what is diff', [5200, 4000], 10, false],
    ['has only new connections', [5200, 5100], 10, true],
    ['has only new connections and is complete', [5200, 5100], 2, false],
    ['has no new connection', [4000], 10, false],
  ])('shows whether more must be listed after a list that %s', (_, stops, total, more) => {
    expect(diffSince(5000).take(closed(5500, stops, total)).more).toBe(more);
  });

  test('reports connections that did not fit into the list with the next list', () => {
    const diff = diffSince(5000);
    expect(diff.take(closed(9000, [8900], 10)).more).toBe(true);
    expect(news(diff.take(closed(9000, [8900, 5100, 4000], 10)))).toEqual([8900, 5100]);
  });

  test('uses the clock of each server', () => {
    const diff = diffSince(5000);
    diff.take({ ...closed(100, [90]), server: 's2' });
    expect(news(diff.take({ ...closed(200, [150, 50]), server: 's2' }))).toEqual([150]);
  });

  test('reports nothing from a server that does not send its time', () => {
    const diff = new ClosedConnectionDiff();
    diff.take(closed(Number.NaN, [1]));
    expect(news(diff.take(closed(Number.NaN, [2])))).toEqual([]);
  });

  test('does not report a connection without a time of close', () => {
    expect(news(diffSince(5000).take(closed(5500, [Number.NaN])))).toEqual([]);
  });
});
