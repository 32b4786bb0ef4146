import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostId, InstanceId, ServiceName, ZoneName } from '../../src/domain/identity/names.ts';
import {
  agentKey,
  brakeKey,
  holdKey,
  instanceKey,
  policyKey,
} from '../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../src/domain/time.ts';
import { anyText } from '../arbitrary/names.ts';
import { anyAgentRecord, anyHold, anyInstanceRecord } from '../arbitrary/records.ts';
import { FleetInMemory, slotAt } from '../runtime/support/fleet-in-memory.ts';
import { fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const stranger = slotAt('stranger/a');
const named = { service: ServiceName.parse('web'), id: InstanceId.parse('9') };
const text = fc.oneof(
  mutated(anyAgentRecord),
  mutated(anyInstanceRecord),
  mutated(anyHold),
  anyText,
);

/** Foreign or changed records, also under keys that the program never uses. */
const odd = fc.array(
  fc.record({
    key: fc.oneof(
      fc.constantFrom(
        agentKey(stranger),
        instanceKey({ ...stranger, ...named }),
        // Below a good agent's own prefix, and for the fleet as a whole.
        instanceKey({ ...slotAt('h1/a'), ...named }),
        holdKey(HostId.parse('h3')),
        brakeKey(ZoneName.parse('elsewhere')),
        policyKey,
        ...['instance.h1.a.web', 'agent.=FF.a', 'agent.h9', 'nonsense', 'instance.h1.a.web.w.w.w'],
      ),
      fc.stringMatching(/^(agent|instance|hold|brake|x)(\.[A-Za-z0-9_=-]{1,6}){1,5}$/),
    ),
    text,
  }),
  { minLength: 1, maxLength: 4 },
);

/** One seat is free: the collector in it is asked for its id and how many runs it watches. */
const leaseKeys = fc.constantFrom('seat.2', 'seat.9', 'seat.x', 'run.h9.a.run', 'run.=FF', 'other');

test('good records are watched, reported and collected next to any other records (G12)', () =>
  fuzz(
    fc.tuple(odd, fc.array(fc.tuple(leaseKeys, text), { maxLength: 2 })),
    async ([records, leases]) => {
      const fleet = new FleetInMemory();
      fleet.collector('c1');
      const dead = fleet.agent('h1/a', ['web/1', 'web/2']);
      const live = fleet.agent('h2/a', ['web/3']);
      const { directory } = fleet.directory();
      await fleet.advance(seconds(3));
      for (const [key, value] of leases) fleet.world.leases.append(key, value, seconds(30));
      for (const one of records) fleet.byHand(one.key, one.text);
      await fleet.kill(dead.process);
      await fleet.advance(seconds(60));
      expect(fleet.bugs).toEqual([]);
      expect(live.ended()).toBeUndefined();
      expect(fleet.instances('h1/a')).toEqual({});
      expect(Object.keys(fleet.instances('h2/a'))).toContain('web/3');
      const seen = directory.instances('web').filter(({ host }) => host === 'h2');
      expect(seen.map(({ id, state }) => [id, state])).toEqual([['3', 'live']]);
    },
    { runs: 25 },
  ));
