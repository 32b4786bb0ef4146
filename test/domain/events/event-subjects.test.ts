import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChainRef } from '../../../src/domain/events/event-schema.ts';
import { eventSubject, runSubject } from '../../../src/domain/events/event-subjects.ts';
import { InstanceId, ServiceName } from '../../../src/domain/identity/names.ts';
import { runId, slotOf } from '../support/sample-records.ts';

const of = { ...slotOf('db-1.example/agent'), run: runId('run1') };
const instance = (service: string, id: string): ChainRef => ({
  entity: 'instance',
  ...of,
  service: ServiceName.parse(service),
  id: InstanceId.parse(id),
});

test.each([
  [{ entity: 'run', ...of }, 'db-1=2Eexample.agent.run10000.3'],
  [{ entity: 'session', ...of }, 'db-1=2Eexample.agent.run10000.session.3'],
  [{ entity: 'collector', ...of }, 'db-1=2Eexample.agent.run10000.collector.3'],
  [instance('web', 'a 1'), 'db-1=2Eexample.agent.run10000.web.a=201.3'],
] satisfies [ChainRef, string][])('an event of %o goes to %s', (ref, subject) => {
  expect(eventSubject(ref, 3)).toBe(subject);
});

test('a run subscribes below its host and agent', () => {
  expect(runSubject(of)).toBe('db-1=2Eexample.agent.run10000');
});

test('two events with different names never have the same subject', () => {
  const names = fc.oneof(
    fc.constantFrom('session', 'collector', '1', '2', 'a.1', 'a'),
    fc.string({ minLength: 1 }).filter((name) => ServiceName.safeParse(name).success),
  );
  const refs = fc.oneof(
    fc.constantFrom<ChainRef>(
      { entity: 'run', ...of },
      { entity: 'session', ...of },
      { entity: 'collector', ...of },
    ),
    fc.tuple(names, names).map(([service, id]) => instance(service, id)),
  );
  const events = fc.tuple(refs, fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(events, events, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(eventSubject(...one) === eventSubject(...other)).toBe(same);
    }),
    { numRuns: 1000 },
  );
});
