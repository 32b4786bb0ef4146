import { expect, test } from 'vitest';
import { lostDocuments } from '../../../src/cli/losses/lost-documents.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { LossLedger } from '../../../src/domain/losses/loss-ledger.ts';

function event(of: object, from: string | null, to: string, more: object = {}): AuditEvent {
  return { of, from, to, event: { type: 'any' }, record: null, ...more } as unknown as AuditEvent;
}

const run = (host: string) => ({ entity: 'run', host, agent: 'a', run: 'run-1' });
const instance = (host: string, service: string) => ({
  ...run(host),
  ...{ entity: 'instance', service, id: host },
});
const dead = { event: { type: 'removed', why: 'owner-expired' } };
const target = { host: 'h1' };
const by = { host: 'desk', agent: 'alice', run: 'abcdefgh' };

/** Of the agents h1 and h2 with `web`, and h1 with `db`, h1 was drained and then died. */
function ledger(): LossLedger {
  const made = new LossLedger();
  const events = [
    ...['h1', 'h2'].flatMap((host) => [
      event(run(host), null, 'live'),
      event(instance(host, 'web'), null, 'serving'),
    ]),
    event(instance('h1', 'db'), null, 'serving'),
    event({ entity: 'drain', target, run: 'drain001' }, null, 'draining', {
      record: { target, by, why: 'new disk' },
    }),
    event(run('h1'), 'live', 'expired'),
    event(instance('h1', 'web'), 'serving', 'removed', dead),
    event(instance('h1', 'db'), 'serving', 'removed', dead),
  ];
  for (const [n, one] of events.entries()) made.take(one, 1000 + n);
  return made;
}

test('lost agents have the drain of their host, and services whether one of their instances is live', () => {
  const [agent, ...services] = lostDocuments(ledger(), []);
  expect(agent).toMatchObject({
    ...{ host: 'h1', acknowledged: null },
    drained: { by: 'desk/alice', since: 1005, why: 'new disk' },
  });
  const counts = { event: 'service', lost: 1, acknowledged: 0, from: 1006, to: 1006 };
  expect(services).toEqual([
    { ...counts, service: 'db', left: 0, noneLive: true },
    { ...counts, service: 'web', left: 1, noneLive: false },
  ]);
});

test('an acknowledged loss has its acknowledgement, and its services need no attention', () => {
  const documents = lostDocuments(ledger(), [
    { host: 'h9', until: 9000 },
    { host: 'h1', until: 2000, why: 'known' },
  ]);
  expect(documents).toMatchObject([{ host: 'h1', acknowledged: { until: 2000, why: 'known' } }]);
});
