import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import {
  type Desired,
  type DesiredInstance,
  diffInstances,
  type Health,
  healthAtStart,
  InstanceSpec,
  type ReconcileAction,
  unchecked,
} from '../../../src/domain/records/desired-instances.ts';
import {
  type InstanceRecord,
  InstanceRecord as schema,
} from '../../../src/domain/records/schemas.ts';
import { type RecordRead, readInstance } from '../../../src/domain/records/stored-record.ts';
import { instanceEntry, instanceRecord, runId, slotOf } from '../support/sample-records.ts';

const agentName = 'h1/a';
const slot = slotOf(agentName);
const me = runId('me');

const wanted = (
  name: string,
  change: object = {},
  health: Health = { state: 'serving' },
): DesiredInstance => {
  const [service, id] = name.split('/');
  return { spec: InstanceSpec.parse({ service, id, ...change }), health };
};
const keyOf = ({ spec }: DesiredInstance) => instanceKey({ ...slot, ...spec });
const desiredOf = (...all: readonly DesiredInstance[]): Desired =>
  new Map(all.map((w) => [keyOf(w), w]));

type Present = ReadonlyMap<string, RecordRead<InstanceRecord>>;
const presentOf = (...reads: readonly RecordRead<InstanceRecord>[]): Present =>
  new Map(reads.map((read) => [read.key, read]));
const stored = (owner: string, name: string, change: Partial<InstanceRecord> = {}) =>
  readInstance(instanceEntry(7, instanceRecord(agentName, owner, name, change)));
const unreadable = (name: string) =>
  readInstance({ ...instanceEntry(7, instanceRecord(agentName, 'me', name)), text: '{' });

const plan = (present: Present, desired: Desired) => [...diffInstances(me, present, desired)];
const verbs = (repairs: readonly ReconcileAction[]) => repairs.map((repair) => repair.do);

describe('a record under the slot’s prefix', () => {
  test('that equals the desired instance is left alone', () => {
    const attributes = { address: '10.0.0.1', port: 80, labels: { zone: 'a' } };
    const present = presentOf(stored('me', 'web/1', attributes));
    expect(plan(present, desiredOf(wanted('web/1', attributes)))).toEqual([]);
  });

  test('that is missing is registered', () => {
    const [repair] = plan(new Map(), desiredOf(wanted('web/1')));
    expect(repair).toMatchObject({ do: 'register', existing: { kind: 'absent', revision: 0 } });
  });

  test('that was removed is registered over its tombstone', () => {
    const key = keyOf(wanted('web/1'));
    const present = presentOf({ kind: 'absent', key, revision: 99 });
    const [repair] = plan(present, desiredOf(wanted('web/1')));
    expect(repair).toMatchObject({ do: 'register', existing: { kind: 'absent', revision: 99 } });
  });

  test('of an earlier run is adopted, even if nothing else about it changed', () => {
    const [repair] = plan(presentOf(stored('other', 'web/1')), desiredOf(wanted('web/1')));
    expect(repair).toMatchObject({ do: 'register', existing: { kind: 'stored', revision: 7 } });
  });

  test('that is not desired is removed, even if another run owned it', () => {
    const present = presentOf(stored('me', 'web/1'), stored('other', 'web/2'));
    expect(verbs(plan(present, desiredOf()))).toEqual(['remove', 'remove']);
  });

  test('that cannot be read is left alone (G12)', () => {
    expect(plan(presentOf(unreadable('web/1')), desiredOf())).toEqual([]);
  });

  test('that cannot be read but is desired is replaced by a registration', () => {
    const [repair] = plan(presentOf(unreadable('web/1')), desiredOf(wanted('web/1')));
    expect(repair).toMatchObject({ do: 'register', existing: { kind: 'unreadable', revision: 7 } });
  });

  test.each([
    ['another address', { address: '10.0.0.2' }],
    ['no address any more', {}, { address: '10.0.0.1' }],
    ['another port', { port: 81 }],
    ['one more label', { labels: { zone: 'a' } }],
    ['one label fewer', {}, { labels: { zone: 'a' } }],
    ['another value of a label', { labels: { zone: 'a' } }, { labels: { zone: 'b' } }],
    ['another name of a label', { labels: { a: '' } }, { labels: { b: '' } }],
  ])('that has %s is changed', (_, spec, record: Partial<InstanceRecord> = {}) => {
    const present = presentOf(stored('me', 'web/1', record));
    expect(verbs(plan(present, desiredOf(wanted('web/1', spec))))).toEqual(['change']);
  });

  test.each([
    ['serving', { state: 'failing', detail: 'refused' }],
    ['failing', { state: 'serving' }],
    ['serving', { state: 'draining' }],
    ['failing', { state: 'draining' }],
  ] as const)('that is %s turns when its health is %o', (state, health) => {
    const present = presentOf(stored('me', 'web/1', { state }));
    expect(verbs(plan(present, desiredOf(wanted('web/1', {}, health))))).toEqual(['turn']);
  });

  test('that is draining and should drain is neither changed nor turned', () => {
    const present = presentOf(stored('me', 'web/1', { state: 'draining' }));
    const draining = wanted('web/1', { port: 81 }, { state: 'draining' });
    expect(plan(present, desiredOf(draining))).toEqual([]);
  });

  test('that is draining and should serve is registered again', () => {
    const present = presentOf(stored('me', 'web/1', { state: 'draining' }));
    expect(verbs(plan(present, desiredOf(wanted('web/1'))))).toEqual(['register']);
  });
});

/** The registry after these repairs. */
function repaired(present: Present, repairs: readonly ReconcileAction[]): Present {
  const after = new Map(present);
  const put = (record: InstanceRecord) => {
    const read = readInstance(instanceEntry(100, schema.parse(record)));
    after.set(read.key, read);
  };
  for (const repair of repairs) {
    if (repair.do === 'remove') {
      const { key } = repair.instance;
      after.set(key, { kind: 'absent', key, revision: 100 });
      continue;
    }
    const { spec, health } = repair.desired;
    if (repair.do === 'register') {
      put(instanceRecord(agentName, 'me', `${spec.service}/${spec.id}`, { ...spec }));
    } else if (repair.do === 'turn') {
      put({ ...repair.instance.record, state: health.state, ...detailOf(health) });
    } else {
      const { address: _, port: __, ...rest } = repair.instance.record;
      put({ ...rest, ...spec, ...(rest.state === 'failing' && detailOf(health)) });
    }
  }
  return after;
}

const detailOf = (health: Health) => (health.state === 'failing' ? { detail: health.detail } : {});

const names = ['web/1', 'web/2', 'db/1', 'db.x/ü 1'];
const attributes = fc.record(
  {
    address: fc.constantFrom('a', 'b'),
    port: fc.constantFrom(80, 81),
    labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const healths = fc.constantFrom<Health>(
  { state: 'serving' },
  { state: 'failing', detail: 'refused' },
  { state: 'failing', detail: 'reset' },
  unchecked,
  { state: 'draining' },
);
const someDesired: fc.Arbitrary<Desired> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), attributes, healths), {
    selector: ([name]) => name,
  })
  .map((all) => desiredOf(...all.map(([name, spec, health]) => wanted(name, spec, health))));
const somePresent: fc.Arbitrary<Present> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(...names),
      fc.constantFrom('me', 'other', 'unreadable', 'absent'),
      attributes,
      fc.constantFrom<InstanceRecord['state']>('serving', 'failing', 'draining'),
    ),
    { selector: ([name]) => name },
  )
  .map((all) =>
    presentOf(
      ...all.map(([name, owner, change, state]): RecordRead<InstanceRecord> => {
        if (owner === 'unreadable') return unreadable(name);
        if (owner === 'absent') {
          return { kind: 'absent', key: keyOf(wanted(name)), revision: 5 };
        }
        return stored(owner, name, { ...change, state });
      }),
    ),
  );

describe('an instance whose check has not passed yet', () => {
  test('keeps the state that an earlier run registered', () => {
    const serving = instanceRecord(agentName, 'other', 'web/1', { state: 'serving' });
    const failing = instanceRecord(agentName, 'other', 'web/1', { state: 'failing' });
    expect(healthAtStart(unchecked, serving)).toEqual({ state: 'serving' });
    expect(healthAtStart(unchecked, failing)).toEqual(unchecked);
    expect(healthAtStart(unchecked, undefined)).toEqual(unchecked);
    const refused = { state: 'failing', detail: 'refused' } as const;
    expect(healthAtStart(refused, serving)).toEqual(refused);
  });
});

describe('a reconciliation of any records with any desired instances', () => {
  const always = (law: (present: Present, desired: Desired) => void) =>
    fc.assert(fc.property(somePresent, someDesired, law), { numRuns: 300 });

  test('changes each record at most once', () => {
    always((present, desired) => {
      const keys = plan(present, desired).map((repair) =>
        repair.do === 'remove' ? repair.instance.key : keyOf(repair.desired),
      );
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  test('leaves nothing to change after three rounds', () => {
    always((present, desired) => {
      let now = present;
      for (let n = 0; n < 3; n += 1) now = repaired(now, plan(now, desired));
      expect(plan(now, desired)).toEqual([]);
    });
  });

  test('ends with exactly the desired records, owned by this run, and unreadable ones unchanged', () => {
    always((present, desired) => {
      let now = present;
      for (let n = 0; n < 3; n += 1) now = repaired(now, plan(now, desired));
      for (const [key, read] of now) {
        if (desired.has(key)) expect(read.kind === 'stored' && read.record.run).toBe(me);
        else expect(read.kind).not.toBe('stored');
        if (present.get(key)?.kind === 'unreadable' && !desired.has(key)) {
          expect(read).toEqual(present.get(key));
        }
      }
      for (const key of desired.keys()) expect(now.get(key)?.kind).toBe('stored');
    });
  });

  test('gives the same plan for the same view', () => {
    always((present, desired) => {
      expect(plan(present, desired)).toEqual(plan(new Map(present), new Map(desired)));
    });
  });
});
