import type { StreamInfo } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { whyNotResumable } from '../../../../src/adapters/nats/read/resumable.ts';
import { hours } from '../../../../src/domain/time.ts';

const noon = Date.parse('2026-01-01T12:00:00Z');
const position = { upTo: 10, created: 'then', answeredAt: noon };

const info = (more: { ts?: string; created?: string; last?: number; first?: number } = {}) =>
  ({
    ...{ created: more.created ?? 'then', ts: more.ts ?? '2026-01-01T12:00:10Z' },
    ...{ config: { name: 'registry', first_seq: more.first ?? 1 } },
    state: { last_seq: more.last ?? 12 },
  }) as StreamInfo;

test.each([
  ['resumes on the same stream', info(), undefined],
  [
    'resumes after an interruption in which a tombstone lives',
    info({ ts: '2026-01-02T11:00:00Z' }),
    undefined,
  ],
  [
    'resumes after the clock of the server was set back',
    info({ ts: '2025-12-01T12:00:00Z' }),
    undefined,
  ],
  [
    'starts over after that clock was set forward by a day',
    info({ ts: '2026-01-02T12:00:00Z' }),
    '86400 s have passed by the clock of the server',
  ],
  ['starts over on another stream', info({ created: 'now' }), 'the stream was recreated'],
  ['starts over behind a lost tail', info({ last: 9 }), 'the stream lost its last messages'],
  [
    'starts over before the first message',
    info({ first: 12 }),
    'the stream begins after the last position',
  ],
])('a watch %s', (_, present, why) => {
  expect(whyNotResumable(position, present, hours(23))).toBe(why);
});
