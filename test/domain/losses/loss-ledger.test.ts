import { expect, test } from 'vitest';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { LossLedger } from '../../../src/domain/losses/loss-ledger.ts';
import { backWords, lossesByService, lossesByZone } from '../../../src/domain/losses/losses.ts';

/** The part of an event that a ledger reads. */
function event(of: object, from: string | null, to: string, more: object = {}): AuditEvent {
  return { of, from, to, event: { type: 'any' }, record: null, ...more } as unknown as AuditEvent;
}

const run = (host: string, n = 1) => ({ entity: 'run', host, agent: 'a', run: `run-${n}` });
const instance = (host: string, id: string, n = 1) => ({
  ...run(host, n),
  entity: 'instance',
  service: 'web',
  id,
});
const inZone = { record: { zone: 'ams' } };
const dead = { event: { type: 'removed', why: 'owner-expired' } };
const away = { event: { type: 'removed', why: 'deregistered' } };

const openOf = (ledger: LossLedger) => ({
  lost: ledger.lost(),
  acknowledged: [],
  remaining: ledger,
});

function ledgerOf(...events: readonly AuditEvent[]): LossLedger {
  const ledger = new LossLedger();
  for (const [n, one] of events.entries()) ledger.take(one, 1000 + n);
  return ledger;
}

const started = [
  event(run('h'), null, 'live', inZone),
  event(instance('h', 'w1'), null, 'serving'),
  event(instance('h', 'w2'), null, 'serving'),
];
const died = [
  ...started,
  event(run('h'), 'live', 'expired', inZone),
  event(instance('h', 'w1'), 'serving', 'removed', dead),
  event(instance('h', 'w2'), 'serving', 'removed', dead),
  event(run('h'), 'expired', 'gone'),
];

test('an agent that was declared dead is lost, with its instances, its zone and the time', () => {
  expect(ledgerOf(...started).lost()).toEqual([]);
  expect(ledgerOf(...died).lost()).toMatchObject([
    { host: 'h', zone: 'ams', run: 'run-1', since: 1006, instances: [{ id: 'w1' }, { id: 'w2' }] },
  ]);
});

test.each([
  ['a new run takes the slot', [event(run('h', 2), null, 'live')]],
  [
    'a new run takes the slot and leaves',
    [event(run('h', 2), null, 'live'), event(run('h', 2), 'live', 'left')],
  ],
])('a loss ends if %s', (_, after) => {
  expect(ledgerOf(...died, ...after).lost()).toEqual([]);
});

test('a loss ends for an instance that another agent registers, also after it is deregistered there', () => {
  const elsewhere = event(instance('other', 'w1', 7), null, 'serving');
  const left = () => [expect.objectContaining({ instances: [{ service: 'web', id: 'w2' }] })];
  expect(ledgerOf(...died, elsewhere).lost()).toEqual(left());
  const removed = event(instance('other', 'w1', 7), 'serving', 'removed', away);
  expect(ledgerOf(...died, elsewhere, removed).lost()).toEqual(left());
});

test('an agent that leaves, or that another run replaces, is not lost', () => {
  expect(ledgerOf(...started, event(run('h'), 'live', 'left')).lost()).toEqual([]);
  const replaced = [event(run('h', 2), null, 'live'), event(run('h'), 'live', 'superseded')];
  expect(ledgerOf(...started, ...replaced).lost()).toEqual([]);
});

test('an event of an earlier run says nothing about a slot that a later run holds', () => {
  const late = [event(run('h', 2), null, 'live'), event(run('h'), 'expired', 'gone')];
  expect(ledgerOf(...died.slice(0, -1), ...late).lost()).toEqual([]);
});

test('a history whose beginning was trimmed still tells of a death and its zone', () => {
  const ledger = ledgerOf(...died.slice(3));
  expect(ledger.lost()).toMatchObject([{ host: 'h', zone: 'ams', instances: [{}, {}] }]);
});

test('an agent that came back is counted as back while another of its zone is lost, until it leaves', () => {
  const began = [event(run('h2'), null, 'live', inZone), ...died];
  const alsoDied = event(run('h2'), 'live', 'gone', inZone);
  const back = event(run('h2', 2), null, 'live', inZone);
  const counts = (...after: readonly AuditEvent[]) => {
    const ledger = ledgerOf(...began, alsoDied, ...after);
    return lossesByZone(openOf(ledger)).map((one) => ({
      lost: one.agents.length,
      left: one.left,
      from: one.from,
      back: backWords(one),
    }));
  };
  expect(counts()).toEqual([{ lost: 2, left: 0, from: 1007, back: 'none back' }]);
  const one = { lost: 1, left: 1, from: 1007, back: '1 back: h2/a' };
  expect(counts(back)).toEqual([one]);
  expect(counts(back, event(run('h2', 3), null, 'live', inZone))).toEqual([one]);
  const left = event(run('h2', 2), 'live', 'left');
  expect(counts(back, left, event(run('h2', 3), null, 'live', inZone))).toEqual([
    { ...one, back: 'none back' },
  ]);
  const earlier = ledgerOf(event(run('h2'), null, 'live', inZone), alsoDied, back, ...died);
  expect(lossesByZone(openOf(earlier))).toMatchObject([{ back: [] }]);
});

test('losses are grouped by zone and by service, with what is left of each', () => {
  const ledger = ledgerOf(
    ...died,
    event(run('h2'), null, 'live', inZone),
    event(instance('h2', 'w3'), null, 'serving'),
  );
  expect(lossesByZone(openOf(ledger))).toMatchObject([
    { zone: 'ams', instances: 2, left: 1, from: 1006, to: 1006 },
  ]);
  expect(lossesByService(openOf(ledger))).toMatchObject([{ service: 'web', lost: 2, left: 1 }]);
});

test('a service is down since its last instance stopped being live, until one is live again', () => {
  const suspect = { present: { phase: 'live', sight: 'suspect' } } as unknown as string;
  const two = [
    ...started,
    event(run('h2'), null, 'live', inZone),
    event(instance('h2', 'w3'), null, 'serving'),
  ];
  const down = (...after: readonly AuditEvent[]) => [...ledgerOf(...two, ...after).down()];
  const silent = event(run('h'), 'live', suspect, inZone);
  const failing = event(instance('h2', 'w3'), 'serving', 'failing');
  expect(down()).toEqual([]);
  expect(down(silent)).toEqual([]);
  expect(down(silent, failing)).toEqual([['web', 1006]]);
  expect(down(failing, silent)).toEqual([['web', 1006]]);
  expect(down(silent, failing, event(run('h'), suspect, 'live', inZone))).toEqual([]);
  const ledger = ledgerOf(...two, silent, failing);
  expect(lossesByService(openOf(ledger))).toMatchObject([
    { service: 'web', lost: 0, left: 3, isDown: true, from: 1006 },
  ]);
});

test('acknowledged losses count for their zone and service, not as open ones', () => {
  const ledger = ledgerOf(
    ...died,
    event(run('h2'), null, 'live', inZone),
    event(run('h2'), 'live', 'expired', inZone),
  );
  const [acknowledged = [], lost = []] = ledger.lost().map((one) => [one]);
  const losses = { lost, acknowledged, remaining: ledger };
  expect(lossesByZone(losses)).toMatchObject([{ agents: [{ host: 'h2' }], acknowledged: 1 }]);
  const both = { ...losses, lost: [...lost, ...acknowledged], acknowledged };
  expect(lossesByService(both)).toMatchObject([{ service: 'web', lost: 2, acknowledged: 2 }]);
});

const by = { host: 'desk', agent: 'alice', run: 'abcdefgh' };
const drainBy = (why: string) => ({ v: 1, run: 'drain001', state: 'draining', by, why });
const drain = (target: object, to: string, why = 'new disk') => {
  const of = { entity: 'drain', target, run: 'drain001' };
  const record = to === 'over' ? null : { ...drainBy(why), target, since: 1, n: 1 };
  return event(of, null, to, { record });
};

test('an agent of a drained host is lost too, and it is known who drained the host then', () => {
  const drained = (...events: readonly AuditEvent[]) => {
    const ledger = ledgerOf(...events);
    return ledger.lost().map((one) => [one.host, ledger.drainOf(one)]);
  };
  const host = { host: 'h' };
  const [begun, changed] = [drain(host, 'draining'), drain(host, 'draining', 'gone for good')];
  const over = drain(host, 'over');
  const alice = { by: 'desk/alice', since: 1000 };
  expect(drained(begun, ...died)).toEqual([['h', { ...alice, why: 'new disk' }]]);
  expect(drained(begun, changed, ...died)).toEqual([['h', { ...alice, why: 'gone for good' }]]);
  expect(drained(begun, ...died, over)).toEqual([['h', { ...alice, why: 'new disk' }]]);
  expect(drained(begun, over, ...died)).toEqual([['h', undefined]]);
  expect(drained(...died, begun)).toEqual([['h', undefined]]);
  expect(drained(drain({ host: 'other' }, 'draining'), ...died)).toEqual([['h', undefined]]);
});

test('a drained instance is not live, and a service that only drains is not down', () => {
  const two = [
    ...started,
    event(run('h2'), null, 'live', inZone),
    event(instance('h2', 'w3'), null, 'serving'),
  ];
  const failing = event(instance('h2', 'w3'), 'serving', 'failing');
  const down = (...after: readonly AuditEvent[]) => [
    ...ledgerOf(...two, ...after)
      .down()
      .keys(),
  ];
  expect(down(failing)).toEqual([]);
  expect(down(failing, drain({ host: 'h' }, 'draining'))).toEqual(['web']);
  expect(down(failing, drain({ host: 'h' }, 'draining'), drain({ host: 'h' }, 'over'))).toEqual([]);
  expect(down(failing, drain({ service: 'web', id: 'w1' }, 'draining'))).toEqual([]);
  expect(down(drain({ host: 'h' }, 'draining'), drain({ host: 'h2' }, 'draining'))).toEqual([]);
});
