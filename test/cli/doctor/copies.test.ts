import { expect, test } from 'vitest';
import { copyFindings } from '../../../src/cli/doctor/copies.ts';

/** As nats-server 2.15.1 answers; `active` is in nanoseconds, and 0 if the leader never heard from the replica. */
const info = (replica: object, since: string) => ({
  config: { name: 'KV_r' },
  ts: '2026-11-29T12:00:30Z',
  cluster: {
    leader: 'node-2',
    leader_since: since,
    replicas: [
      { name: 'node-1', current: true, active: 967_383_099 },
      { name: 'node-3', current: false, active: 0, ...replica },
    ],
  },
});

const found = (replica: object, since = '2026-11-29T12:00:00Z') =>
  copyFindings(info(replica, since) as never).map(({ what }) => what);

test('a replica that the present leader never heard from is behind, unless that leader is new', () => {
  expect(found({})).toEqual(['KV_r: the replica on node-3 is behind']);
  expect(found({}, '2026-11-29T12:00:25Z')).toEqual([]);
});

test('a replica is behind if it was silent for ten seconds, and is not current', () => {
  expect(found({ active: 11e9 })).toEqual(['KV_r: the replica on node-3 is behind']);
  expect(found({ active: 3e9 })).toEqual([]);
  expect(found({ active: 11e9, current: true })).toEqual([]);
  expect(found({ offline: true })).toEqual(['KV_r: the replica on node-3 is offline']);
});

test('a stream without replicas has no finding', () => {
  expect(copyFindings({ config: { name: 'KV_r' } } as never)).toEqual([]);
});
