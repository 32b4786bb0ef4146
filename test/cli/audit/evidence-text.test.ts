import { describe, expect, it } from 'vitest';
import { evidenceWords } from '../../../src/cli/audit/evidence-text.ts';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';

const run = { host: 'h1', agent: 'a', run: 'abcdefgh' };
const words = (type: string, evidence?: object) =>
  evidenceWords(
    AuditEvent.parse({
      ...{
        v: 1,
        eventId: 'e',
        at: 0,
        of: { entity: 'run', ...run },
        machine: 'run',
        chart: 'c',
        n: 1,
      },
      ...{ event: { type }, from: null, to: 'x', edges: [], actor: run, record: null, prev: null },
      evidence,
    }),
  )?.replaceAll(/\d\d:\d\d:\d\d [A-Z]{3,4}[^\s;]*/g, 'T');

const verdict = {
  judged: 7,
  lastRenewal: { revision: 5, seenAt: 100_000 },
  countingSince: 50_000,
  silentFor: 15_230,
  suspectFor: 0,
  lease: 'absent',
  probe: 'unasked',
  policy: { ttl: 15_000, grace: 30_000 },
};

describe('the evidence of a decision as text', () => {
  it.each([
    [
      'suspected',
      verdict,
      'last renewal seen 15.2 s before, at T; lease absent at the leader; ttl 15s, grace 30s',
    ],
    [
      'suspected',
      { ...verdict, lease: 'unread', probe: 'no-responders' },
      'last renewal seen 15.2 s before, at T; no process answers for it; ttl 15s, grace 30s',
    ],
    [
      'expired',
      { ...verdict, suspectFor: 30_050, probe: 'no-answer' },
      'suspect for 30.1 s; last renewal seen 15.2 s before, at T; lease absent at the leader; it did not answer a ping; ttl 15s, grace 30s',
    ],
    [
      'suspected',
      { ...verdict, countingSince: 200_000 },
      'no renewal seen since the collector started to watch 15.2 s before, at T; lease absent at the leader; ttl 15s, grace 30s',
    ],
    [
      'suspected',
      { ...verdict, lastRenewal: null },
      'no renewal seen since the collector started to watch 15.2 s before, at T; lease absent at the leader; ttl 15s, grace 30s',
    ],
    [
      'suspected',
      { ...verdict, lease: 'unread', probe: 'no-responders', connection: 'closed-by-client' },
      'last renewal seen 15.2 s before, at T; its process closed its connection; no process answers for it; ttl 15s, grace 30s',
    ],
    [
      'expired',
      {
        ...{ ...verdict, suspectFor: 30_050, probe: 'no-responders', connection: 'open' },
        ...{ hold: 'absent', brake: 'lets-through', zone: { name: 'r1', seen: 10, suspect: 4 } },
      },
      'suspect for 30.1 s; last renewal seen 15.2 s before, at T; lease absent at the leader; no process answers for it; no hold was active; the brake of its zone allowed the expiry; 4 of 10 runs of zone r1 were suspect; ttl 15s, grace 30s',
    ],
    [
      'tripped',
      { seen: 10, suspect: 4, policy: { fraction: 0.3, count: 3, release: 0.15, pace: 10_000 } },
      '4 of 10 runs of the zone are suspect; the brake trips above 30 %, if at least 3 are suspect',
    ],
    [
      'released',
      { seen: 10, suspect: 1, policy: { fraction: 0.3, count: 3, release: 0.155, pace: 10_000 } },
      '1 of 10 runs of the zone are suspect; the brake is released below 15.5 %, or if none is suspect',
    ],
    ['ran-out', { until: new Date(2026, 5, 1).getTime() }, 'it was set to end at 2026-06-01 T'],
    ['started', { taken: 'free' }, 'the slot was free'],
    ['started', { taken: 'something-new' }, 'taken: something-new'],
    [
      'removed',
      { owner: 'abcdefgh', expiredAt: 9, suspect: {} },
      'its owner, run abcdefgh, was declared dead',
    ],
    [
      'removed',
      { holder: null, leftoverFor: 45_000, lease: 'absent' },
      'its slot has no record; the record has not changed for 45s; the lease of its owner is absent',
    ],
  ])('of %s describes %j', (type, evidence, text) => {
    expect(words(type, evidence)).toBe(text);
  });

  it('leaves unknown fields to be listed separately', () => {
    expect(words('suspected', { moon: 'full' })).toBeUndefined();
    expect(words('left')).toBeUndefined();
  });
});
