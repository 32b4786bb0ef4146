import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/store.ts';
import {
  diagnoseNames,
  diagnosePlans,
  diagnoseRecords,
  diagnoseSeats,
} from '../../src/cli/doctor/registry.ts';
import { escapeControls } from '../../src/cli/terminal/escape-terminal.ts';
import { explain } from '../../src/cli/why/explain.ts';
import { present } from '../../src/cli/why/load-context.ts';
import { parseEntity } from '../../src/composition/names/entity-name.ts';
import { HostId, InstanceId, ServiceName, ZoneName } from '../../src/domain/identity/names.ts';
import {
  brakeKey,
  holdKey,
  instanceKey,
  policyKey,
} from '../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../src/domain/time.ts';
import { anyText } from '../arbitrary/names.ts';
import { anyAgentRecord, anyHold, anyInstanceRecord } from '../arbitrary/records.ts';
import { eventsOf, historyOf } from '../fixtures/history/given-history.ts';
import { FleetInMemory, slotAt } from '../runtime/support/fleet-in-memory.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const web = { service: ServiceName.parse('web'), id: InstanceId.parse('1') };
const brake = {
  v: 1,
  zone: 'default',
  run: 'run00000007',
  state: 'braked',
  n: 1,
  hash: 'f'.repeat(64),
  seen: 4,
  suspect: 2,
  expired: 0,
  since: 0,
};
const text = fc.oneof(
  mutated(anyAgentRecord),
  mutated(anyInstanceRecord),
  mutated(anyHold),
  mutated(fc.constant(brake)),
  anyText,
);
const key = fc.oneof(
  fc.constantFrom(
    ...[
      'agent.h1.a',
      'agent.h2.a',
      'instance.h1.a.web.1',
      'agent.=FF.a',
      'nonsense',
      'instance.h1.a.web',
    ],
    instanceKey({ ...slotAt('stranger/a'), ...web }),
    holdKey(HostId.parse('h1')),
    brakeKey(ZoneName.parse('default')),
    policyKey,
  ),
  fc.stringMatching(/^(agent|instance|hold|brake|x)(\.[A-Za-z0-9_=-]{1,6}){1,5}$/),
);
const names = ['web/1', 'h1/a', 'h2/a', 'stranger/a', 'run000004', 'constructor/__proto__'];

/** A store with records and events of other writers. */
const odd = fc.record({
  records: fc.array(fc.tuple(key, text), { minLength: 1, maxLength: 4 }),
  leases: fc.array(
    fc.tuple(fc.constantFrom('seat.1', 'seat.x', 'run.h1.a.run000004', 'run.=FF', 'other'), text),
    {
      maxLength: 2,
    },
  ),
  /** Indexes of the events that are replaced by damage. */
  events: fc.array(fc.nat(), { maxLength: 2 }),
  damage: mutated(
    fc.constant({ v: 1, of: { entity: 'run', host: 'h1', agent: 'a', run: 'run000004' } }),
  ),
});

/** Not empty, and without control characters. */
const line = /^[^\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u;

test('why explains or reports a fault, and doctor reports findings, for any store contents', () =>
  fuzz(
    odd,
    async ({ records, leases, events, damage }) => {
      const fleet = new FleetInMemory();
      fleet.collector('c1');
      const dead = fleet.agent('h1/a', ['web/1', 'web/2']);
      fleet.agent('h2/a', ['web/1']);
      const { directory, process } = fleet.directory();
      await fleet.advance(seconds(3));
      await fleet.kill(dead.process);
      await fleet.advance(seconds(8));
      for (const [name, value] of leases) fleet.world.leases.append(name, value, seconds(30));
      for (const [name, value] of records) fleet.byHand(name, value);
      await fleet.advance(seconds(1));
      const { registry, audit } = memoryStore(fleet.world);
      const told = await eventsOf(audit);
      const forged = events.reduce(
        (all, at) =>
          all.with(at % all.length, {
            ...(all[at % all.length] as (typeof all)[number]),
            text: damage,
          }),
        [...told],
      );
      const { serverTime } = process.ports;
      const ports = { registry, leases: process.ports.leases, serverTime };
      for (const entity of names.flatMap((name) => parseEntity(name))) {
        const stories = await foreseen(async () =>
          explain(entity, await present(entity.records, ports, historyOf(forged))),
        );
        for (const { sentences, facts } of Array.isArray(stories) ? stories : []) {
          expect(escapeControls(sentences.join(' '))).toMatch(line);
          expect(JSON.stringify(facts)).toContain('{');
        }
      }
      const found = [
        ...diagnoseNames(directory),
        ...diagnoseRecords(directory, { stream: 'KV_x' }),
        ...diagnosePlans(directory, process.ports.clock.wall()),
        await diagnoseSeats(process.ports, directory),
      ];
      for (const { what, level } of found) {
        expect(escapeControls(what)).toMatch(line);
        expect(['ok', 'note', 'wrong']).toContain(level);
      }
      expect(fleet.bugs).toEqual([]);
    },
    { runs: 25 },
  ));
