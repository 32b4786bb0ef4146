import { headers, type NatsConnection } from '@nats-io/transport-node';
import fc from 'fast-check';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import type { SubjectNames } from '../../../../src/adapters/nats/connection/subject-names.ts';
import { chartHash } from '../../../../src/charts/model/chart.ts';
import { HostId, ZoneName } from '../../../../src/domain/identity/names.ts';
import {
  allKeys,
  brakeKey,
  holdKey,
  policyKey,
} from '../../../../src/domain/identity/registry-keys.ts';
import { defaultFleetPolicy } from '../../../../src/domain/policy/fleet-policy.ts';
import type { StoredEvent } from '../../../../src/ports/audit.ts';
import { builtInCharts } from '../../../../src/runtime/transitions/publish-charts.ts';
import { anyText } from '../../../arbitrary/names.ts';
import {
  anyAgentRecord,
  anyEvent,
  anyHold,
  anyInstanceRecord,
} from '../../../arbitrary/records.ts';
import { eventsOf } from '../../../fixtures/history/given-history.ts';
import { mutated } from '../../../fuzz/support/mutated.ts';
import { eventfulFleet } from '../../../runtime/support/event-source.ts';

/** A message from a writer that knows the subjects and nothing else. */
export interface Write {
  readonly to: 'registry' | 'leases' | 'keyframes' | 'events';
  /** The subject below the prefix of its stream. */
  readonly key: string;
  readonly body: string | Uint8Array;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** The contents of a fleet in which everything has happened once, each record as one write. */
export async function soundWrites(): Promise<readonly Write[]> {
  const fleet = await eventfulFleet();
  const { registry, audit, keyframes } = memoryStore(fleet.world);
  const records = (await registry.list([allKeys], 0)).flatMap(({ key, text }) =>
    text === undefined ? [] : [{ to: 'registry' as const, key, body: text }],
  );
  const leases = fleet.world.leases
    .after(0, () => true)
    .map(({ subject: key, text }) => ({ to: 'leases' as const, key, body: text ?? '' }));
  const events = (await eventsOf(audit)).map(({ subject: key, text }: StoredEvent) => ({
    to: 'events' as const,
    key,
    body: text,
  }));
  const kept: Write[] = [];
  for (const seq of await keyframes.list()) {
    let n = 0;
    for await (const body of keyframes.get(seq)) {
      n += 1;
      kept.push({ to: 'keyframes', key: `chunk.${seq}.somebody.${n}`, body });
    }
    const head = JSON.stringify({ by: 'somebody', chunks: n });
    kept.push({ to: 'keyframes', key: `frame.${seq}`, body: head });
  }
  return [...records, ...leases, ...events, ...kept];
}

const brake = {
  ...{ v: 1, zone: 'default', run: 'run00000007', state: 'braked', n: 1, hash: 'f'.repeat(64) },
  ...{ seen: 4, suspect: 2, expired: 0, since: 0 },
};
const by = { host: 'h1', agent: 'operator', run: 'run00000007' };
const policy = {
  ...{ v: 1, run: 'run00000007', state: 'standing', n: 1, hash: 'f'.repeat(64), since: 0 },
  ...{ policy: defaultFleetPolicy, by },
};
const head = { by: 'somebody', chunks: 1 };

const text = fc.oneof(
  mutated(fc.oneof(anyAgentRecord, anyInstanceRecord, anyHold, anyEvent)),
  mutated(fc.constantFrom<object>(brake, policy, head, ...builtInCharts())),
);
/** The wire carries bytes, also those that are not text. */
const body = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: anyText },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);

/** The headers of KV tools and servers, and unknown ones. */
const header = fc.constantFrom(
  ...(
    [
      ['KV-Operation', 'DEL'],
      ['KV-Operation', 'PURGE'],
      ['KV-Operation', 'nonsense'],
      ['Nats-Marker-Reason', 'MaxAge'],
      ['Nats-Stream-Source', 'nowhere 1 > >'],
      ['Nats-Stream-Source', 'x'],
      ['X-Odd', 'é\u202e'],
    ] as const
  ).map((one) => [one]),
  [],
);

const registryKey = fc.oneof(
  fc.constantFrom(
    ...['agent.h1.a', 'agent.h2.a', 'agent.=FF.a', 'agent.h1', 'nonsense', 'hold.h1.a', 'hold.=FF'],
    ...['instance.h1.a.web', 'instance.h1.a.web.1', 'instance.h9.a.web.1', 'instance.h1.b.web.1'],
    ...['agent.é.a', 'agent.h1.a.b.c.d.e.f', policyKey],
    holdKey(HostId.parse('h1')),
    brakeKey(ZoneName.parse('default')),
  ),
  fc.stringMatching(/^(agent|instance|hold|brake|x)(\.[A-Za-z0-9_=-]{1,6}){1,5}$/),
);
const leaseKey = fc.constantFrom(
  ...['seat.1', 'seat.0', 'seat.x', 'seat.999999999', 'run.h1.a.run000004', 'run.h2.a.run000003'],
  ...['run.=FF', 'run.h1.a.é', 'other'],
);
const keyframeKey = fc.constantFrom(
  ...['frame.1', 'frame.0', 'frame.x', 'frame.-1', 'frame.9007199254740993', 'frame.30'],
  ...['chunk.30.somebody.1', 'chunk.60.somebody.1', 'chart.run.ffffffffffff', 'chart.=FF', 'other'],
);
const eventKey = fc.constantFrom(
  ...[
    'h1.a.run000004.1',
    'h1.a.run000004.99',
    'h1.a.run000004.session.1',
    'h1.a.run000004.web.1.7',
  ],
  ...[
    'h1',
    'a.b.c.d.e.f.g.h',
    '=zone.default.run000009.brake.1',
    '=fleet.=policy.run000009.policy.1',
  ],
  ...[
    'h1.=every.run000009.hold.1',
    'h1.a.run000009.hold.1',
    'keeper.collector.keeper000000.collector.9',
  ],
);

const anyWrite: fc.Arbitrary<Write> = fc
  .oneof(
    fc.record({ to: fc.constant('registry' as const), key: registryKey }),
    fc.record({ to: fc.constant('leases' as const), key: leaseKey }),
    fc.record({ to: fc.constant('keyframes' as const), key: keyframeKey }),
    fc.record({ to: fc.constant('events' as const), key: eventKey }),
  )
  .chain((where) =>
    fc.record({ body, headers: header }).map((what): Write => ({ ...where, ...what })),
  );

/** A hostile chart with a correct hash in its name, and an event that refers to it. */
const anyChart = fc
  .record({ text: mutated(fc.constantFrom(...builtInCharts())), at: eventKey, event: anyEvent })
  .map(({ text: chart, at, event }): readonly Write[] => {
    const machine = 'run';
    const hash = hashOf(chart);
    const names = { ...event, machine, chart: hash };
    return [
      { to: 'keyframes', key: `chart.${machine}.${hash}`, body: chart },
      { to: 'events', key: at, body: JSON.stringify(names) },
    ];
  });

function hashOf(chart: string): string {
  try {
    const { nodes, edges } = JSON.parse(chart);
    return chartHash({ nodes, edges });
  } catch {
    return 'ffffffffffff';
  }
}

/** The sound writes, some damaged, with other writes between and after them. */
export const hostileWrites = (sound: readonly Write[]): fc.Arbitrary<readonly Write[]> =>
  fc
    .record({
      damaged: fc.array(
        fc
          .nat({ max: sound.length - 1 })
          .chain((at) =>
            mutated(fc.constant(documentIn(sound[at]))).map((damage) => ({ at, damage })),
          ),
        { minLength: 2, maxLength: 8 },
      ),
      foreign: fc.array(fc.tuple(fc.nat({ max: sound.length }), anyWrite), {
        minLength: 2,
        maxLength: 12,
      }),
      charts: anyChart,
    })
    .map(({ damaged, foreign, charts }) => {
      const writes = [...sound];
      for (const { at, damage } of damaged) writes[at] = { ...(sound[at] as Write), body: damage };
      for (const [at, write] of foreign) writes.splice(at, 0, write);
      return [...writes, ...charts].filter(fits);
    });

function documentIn(write: Write | undefined): unknown {
  try {
    return JSON.parse(String(write?.body));
  } catch {
    return String(write?.body); // The lines of a keyframe are not one document.
  }
}

/** Writes that the server itself refuses never reach a store. */
const fits = ({ body: sent }: Write): boolean => Buffer.byteLength(sent) < 1_000_000;

/** Publishes the writes in order and waits until the server has all of them. */
export async function publishRaw(
  raw: NatsConnection,
  names: SubjectNames,
  writes: readonly Write[],
): Promise<void> {
  const prefixes = {
    registry: names.registry.prefix,
    leases: names.leases.prefix,
    keyframes: names.keyframes.prefix,
    events: names.eventPrefix,
  };
  for (const { to, key, body: sent, headers: said = [] } of writes) {
    const hdrs = headers();
    for (const [name, value] of said) hdrs.append(name, value);
    raw.publish(prefixes[to] + key, sent, said.length > 0 ? { headers: hdrs } : {});
  }
  await raw.flush();
}
