import fc from 'fast-check';
import { expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import type { Store } from '../../../src/ports/ports.ts';
import { held, revisionIn } from '../requests.ts';
import type { Model } from './model.ts';
import { agent, eventOf, instance, lease } from './sample-names.ts';
import type { Client, Effort, Subject } from './store-under-test.ts';

interface Real {
  readonly subject: Subject;
  readonly other: Client;
}
type Command = fc.AsyncCommand<Model, Real>;

/** The revision that a writer expects: the current one, absence, or an old one. */
type Belief = 'true' | 'absent' | 'past';

interface Plan {
  readonly writes: readonly {
    readonly key: string;
    readonly belief: Belief;
    readonly text?: string | undefined;
  }[];
  readonly fences: readonly { readonly key: string; readonly belief: Belief }[];
  readonly events: number;
}

const keys = [agent(1), agent(2), instance(1, 1), instance(1, 2), instance(2, 1), instance(2, 2)];
const leaseKeys = [lease(1), lease(2)];

const key = fc.constantFrom(...keys);
const leaseKey = fc.constantFrom(...leaseKeys);
const text = fc.string({ maxLength: 20, unit: 'grapheme' });
const belief = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Belief>('true') },
  { weight: 1, arbitrary: fc.constantFrom<Belief>('absent', 'past') },
);
const byOther = fc.boolean();

const plan: fc.Arbitrary<Plan> = fc
  .record({
    writes: fc.uniqueArray(
      fc.record({ key, belief, text: fc.option(text, { nil: undefined, freq: 4 }) }),
      { selector: (write) => write.key, minLength: 1, maxLength: 4 },
    ),
    fences: fc.uniqueArray(fc.record({ key, belief }), {
      selector: (fence) => fence.key,
      maxLength: 2,
    }),
    more: fc.nat(2),
  })
  .map(({ writes, fences, more }) => {
    const free = fences.filter(({ key }) => writes.every((write) => write.key !== key));
    return { writes, fences: free, events: free.length + more };
  });

export function commands({ timeIsFree }: Effort): fc.Arbitrary<Iterable<Command>> {
  // Real time stays shorter than every ttl, so that no lease lapses during a command.
  const ttl = timeIsFree ? fc.integer({ min: 1, max: 30 }) : fc.constant(3600);
  const passing = fc.integer({ min: 0, max: 20_000 }).map(passTime);
  return fc.commands(
    [
      fc.tuple(plan, byOther).map(([plan, other]) => commitPlan(plan, other)),
      fc.tuple(key, text).map(([key, text]) => putByHand(key, text)),
      key.map(removeByHand),
      fc.tuple(key, byOther).map(([key, other]) => readRecord(key, other)),
      fc
        .tuple(leaseKey, text, ttl, byOther)
        .map(([key, text, ttl, other]) => createLease(key, text, seconds(ttl), other)),
      fc
        .tuple(leaseKey, ttl, fc.boolean())
        .map(([key, ttl, stale]) => renewLease(key, seconds(ttl), stale)),
      leaseKey.map(releaseLease),
      fc.nat(5).map(append),
      fc.constant(tidy()),
      ...(timeIsFree ? [passing] : []),
    ],
    { maxCommands: 30 },
  );
}

const storeOf = ({ subject, other }: Real, byOther: boolean): Store =>
  byOther ? other : subject.store;

/** A command without precondition. */
const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

function believed(model: Model, key: string, belief: Belief): number {
  const truth = model.revisionOf(key);
  if (belief === 'true') return truth;
  return belief === 'absent' ? 0 : Math.max(1, truth - 1);
}

function commitPlan({ writes, fences, events }: Plan, byOther: boolean): Command {
  const name = `commit ${JSON.stringify({ writes, fences, events })}`;
  return command(name, async (model, real) => {
    const conditions = [...writes, ...fences];
    const holds = conditions.every(
      ({ key, belief }) => believed(model, key, belief) === model.revisionOf(key),
    );
    const added = Array.from({ length: events }, (_, n) => {
      const subject = eventOf(1, model.subjects.size + n + 1);
      return { subject, text: `event ${subject}` };
    });
    const outcome = await storeOf(real, byOther).registry.commit({
      writes: writes.map(({ key, belief, text }) => ({
        key,
        expectedRevision: believed(model, key, belief),
        text,
      })),
      events: added,
      fences: fences.map(({ key, belief }) => ({
        key,
        expectedRevision: believed(model, key, belief),
      })),
    });
    expect(outcome.outcome).toBe(holds ? 'committed' : 'conflict');
    if (outcome.outcome !== 'committed') return;
    for (const { key, text } of writes) {
      const revision = revisionIn(outcome.revisions, key);
      expect(revision).toBeGreaterThan(model.revisionOf(key));
      model.record(key, revision, text);
    }
    for (const { subject, text } of added) {
      model.subjects.add(subject);
      model.events.push(text);
    }
  });
}

const putByHand = (key: string, text: string): Command =>
  command(`put ${key} by hand`, async (model, { subject }) => {
    await subject.put('registry', key, text);
    await learn(model, subject.store, key, text);
  });

const removeByHand = (key: string): Command =>
  command(`delete ${key} by hand`, async (model, { subject }) => {
    await subject.remove('registry', key);
    await learn(model, subject.store, key, undefined);
  });

/** A tool does not learn its revision: the next reader finds it. */
async function learn(model: Model, store: Store, key: string, text: string | undefined) {
  const found = await store.registry.read(key);
  expect(found.text).toBe(text);
  expect(found.revision).toBeGreaterThan(model.revisionOf(key));
  model.record(key, found.revision, text);
}

const readRecord = (key: string, byOther: boolean): Command =>
  command(`read ${key}`, async (model, real) => {
    const expected = model.records.get(key) ?? { key, revision: 0, text: undefined };
    expect(await storeOf(real, byOther).registry.read(key)).toEqual(expected);
  });

const createLease = (key: string, text: string, ttl: number, byOther: boolean): Command =>
  command(`create lease ${key} for ${ttl}`, async (model, real) => {
    // No two holders ever write the same text.
    const holder = `${byOther ? 'other' : 'one'} ${text} ${model.lastLease}`;
    const created = storeOf(real, byOther).leases.create(key, holder, ttl);
    if (model.leaseOf(key)) expect(await created).toBe('taken');
    else model.lease(key, await held(created), holder, ttl);
  });

/** A renewal by the holder at its revision, or by another client at an old revision. */
const renewLease = (key: string, ttl: number, late: boolean): Command =>
  command(`renew lease ${key}${late ? ' too late' : ''} for ${ttl}`, async (model, real) => {
    const { leases } = real.subject.store;
    const known = model.leases.get(key);
    const at = (known?.revision ?? 1) - (late ? 1 : 0);
    const text = late ? 'somebody else' : (known?.text ?? 'nobody');
    const renewed = leases.renew(key, text, at, ttl);
    if (model.leaseOf(key) && !late) model.lease(key, await held(renewed), text, ttl);
    else expect(await renewed).toBe('lost');
  });

const releaseLease = (key: string): Command =>
  command(`release lease ${key}`, async (model, real) => {
    const stands = model.leaseOf(key);
    if (!stands) return;
    expect(await real.other.leases.release(key, stands.revision)).toBe('released');
    model.leases.delete(key);
    expect(await real.other.leases.read(key)).toMatchObject({ text: undefined });
  });

const append = (n: number): Command =>
  command(`append ${n}`, async (model, real) => {
    const subject = eventOf(2, n);
    const already = model.subjects.has(subject);
    const text = `appended ${n}`;
    const appended = await real.other.audit.append({ subject, text });
    expect(appended).toBe(already ? 'already' : 'appended');
    if (already) return;
    model.subjects.add(subject);
    model.events.push(text);
  });

const tidy = (): Command =>
  command('tidy', async (_, { subject }) => {
    await subject.store.audit.tidy();
  });

const passTime = (duration: number): Command =>
  command(`${duration} ms pass`, async (model, { subject }) => {
    await subject.elapse(duration);
    model.now += duration;
  });
