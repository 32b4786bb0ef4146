import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { InstanceSources } from '../../../src/composition/instances/instance-sources.ts';
import { RegistrationBook } from '../../../src/composition/instances/registration-book.ts';
import { RegistrationKeeper } from '../../../src/composition/instances/registration-keeper.ts';
import type { InstanceId, RunRef, ServiceName } from '../../../src/domain/identity/names.ts';
import { type Health, InstanceSpec } from '../../../src/domain/records/desired-instances.ts';

const me = { host: 'h1', agent: 'a', run: '0123456789' } as RunRef;
const serving: Health = { state: 'serving' };
const specOf = (id: string) => InstanceSpec.parse({ service: 'web', id });
const nameOf = (id: string) => ({ service: 'web' as ServiceName, id: id as InstanceId });

function opened() {
  const clock = new VirtualClock();
  const sources = new InstanceSources(me);
  const log = { debug() {}, info() {}, warn() {} };
  const onChange = async () => {};
  const ports = { clock, log, onChange };
  const book = new RegistrationBook(sources, ports);
  const keeper = new RegistrationKeeper(me, book, sources, ports);
  const put = (id: string, ttl?: number) =>
    keeper.register({
      spec: specOf(id),
      ttl,
      removeAfter: undefined,
      health: undefined,
      check: undefined,
    });
  const registered = () => sources.initial.specs.map(({ id }) => `${id}`);
  return { clock, sources, book, keeper, put, registered };
}

describe('registrations of the local API', () => {
  test('that were loaded are registered again only if the registry still has them', async () => {
    const { book, registered, sources } = opened();
    const saved = ['w1', 'w2', 'w3'].map((id) => ({ spec: specOf(id), reported: serving }));
    book.load(saved);
    expect(registered()).toEqual([]);
    const failing: Health = { state: 'failing', detail: 'no beat for 2 s' };
    const present: Readonly<Record<string, Health>> = { w1: failing, w3: { state: 'draining' } };
    book.confirm(({ id }) => present[id]);
    expect(registered()).toEqual(['w1']);
    expect(sources.initial.healthOf(specOf('w1'))).toEqual(failing);
    expect(book.saved.map(({ spec }) => spec.id)).toEqual(['w1']);
  });

  test('that were loaded are kept without the registry if their program sends a beat', () => {
    const { book, keeper, registered } = opened();
    book.load([{ spec: specOf('w1'), reported: serving }]);
    expect(keeper.beat(nameOf('w1'), undefined)).toBe('done');
    book.confirm(() => undefined);
    expect(registered()).toEqual(['w1']);
  });

  test('fail and end by their deadlines, in the time in which the agent runs', async () => {
    const { clock, book, put, registered, sources } = opened();
    const stop = new AbortController();
    const running = book.run(stop.signal);
    await put('w1', 2000);
    await clock.advance(1900);
    expect(sources.initial.healthOf(specOf('w1'))).toEqual(serving);
    await clock.advance(600);
    expect(sources.initial.healthOf(specOf('w1'))).toMatchObject({ detail: 'no beat for 2 s' });
    await clock.advance(17_000);
    expect(registered()).toEqual(['w1']);
    await clock.advance(1000);
    expect(registered()).toEqual([]);
    stop.abort();
    await clock.advance(1000);
    await running;
  });

  test('are held by their connections, one of several being enough', async () => {
    const { keeper, put, sources } = opened();
    await put('w1');
    const [one, two] = [keeper.attach(nameOf('w1')), keeper.attach(nameOf('w1'))];
    if (typeof one === 'string' || typeof two === 'string') throw new Error('it is registered');
    one.detach();
    expect(sources.initial.healthOf(specOf('w1'))).toEqual(serving);
    two.detach();
    expect(sources.initial.healthOf(specOf('w1'))).toMatchObject({ state: 'failing' });
    // A connection of a registration that was removed says nothing about a later one.
    await put('w2');
    const old = keeper.attach(nameOf('w2'));
    await keeper.deregister(nameOf('w2'), 0);
    await put('w2');
    if (typeof old !== 'string') old.detach();
    expect(sources.initial.healthOf(specOf('w2'))).toEqual(serving);
  });

  test('are replaced by the instances file, and are refused for its names', async () => {
    const { clock, sources, book, put, registered } = opened();
    const file = sources.of('file');
    file.replace([specOf('w1')]);
    expect(await put('w1')).toEqual({ refused: 'taken', by: 'the instances file' });
    await put('w2');
    file.replace([specOf('w1'), specOf('w2')]);
    file.replace([specOf('w2')]);
    expect(registered()).toEqual(['w2']);
    expect(sources.ownerOf(specOf('w2'))).toBe('file');
    const stop = new AbortController();
    const running = book.run(stop.signal);
    await clock.advance(500);
    expect(book.saved).toEqual([]);
    stop.abort();
    await clock.advance(500);
    await running;
  });
});
