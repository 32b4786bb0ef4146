import { describe, expect, test } from 'vitest';
import type { openDirectory, startAgent } from '../../src/index.ts';
import { startTestFleet } from '../../src/testing.ts';

const web = { service: 'web', id: 'web-1', port: 8080 };
const states = (rows: readonly { id: string; state: string; reason: string | null }[]) =>
  rows.map(({ id, state, reason }) => `${id} ${state}${reason ? ` ${reason}` : ''}`);

const isFrozenDeeply = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozenDeeply));

describe('a fleet for tests', () => {
  test('doubts and removes the instances of a killed host, by its own time', async () => {
    await using fleet = await startTestFleet({ startAt: Date.UTC(2030, 0, 1) });
    const agent = await fleet.startAgent({ host: 'a', name: 'shop', instances: [web] });
    const directory = await fleet.openDirectory();
    expect(directory.pick('web')).toMatchObject({ state: 'live', address: '127.0.0.1' });
    await fleet.kill('a');
    await fleet.advance('15s');
    expect(states(directory.instances())).toEqual(['web-1 dubious unreachable']);
    await fleet.advance('1m');
    expect(directory.instances()).toEqual([]);
    expect(fleet.now).toBe(Date.UTC(2030, 0, 1) + 76_000);
    // Its process is gone: its handle has nothing to wait for.
    await agent.stop();
  });

  test('keeps a host without network, and reports its way back', async () => {
    await using fleet = await startTestFleet();
    const agent = await fleet.startAgent({ host: 'a', name: 'shop', instances: [web] });
    const seen: string[] = [];
    for (const event of ['disconnected', 'lapsed', 'connected', 'refuted', 'restarted'] as const) {
      agent.on(event, () => seen.push(event));
    }
    const directory = await fleet.openDirectory();
    await fleet.disconnect('a');
    await fleet.advance('25s');
    expect(states(directory.instances())).toEqual(['web-1 dubious unreachable']);
    expect(agent.state).toBe('lapsed');
    await fleet.reconnect('a');
    await fleet.advance('5s');
    expect(states(directory.instances())).toEqual(['web-1 live']);
    expect(seen).toEqual(['disconnected', 'lapsed', 'connected', 'refuted']);
    const { run } = agent;
    await fleet.disconnect('a');
    await fleet.advance('2m');
    expect(directory.instances()).toEqual([]);
    await fleet.reconnect('a');
    await fleet.advance('5s');
    expect(states(directory.instances())).toEqual(['web-1 live']);
    expect(agent.run).not.toBe(run);
    expect(seen).toContain('restarted');
  });

  test('has functions that fit where a program takes those of the library', async () => {
    await using fleet = await startTestFleet();
    const given: { startAgent: typeof startAgent; openDirectory: typeof openDirectory } = fleet;
    const { startAgent: start, openDirectory: open } = given;
    const agent = await start({ servers: 'nats://unused:1', name: 'shop', instances: [web] });
    const refusal = await start({ servers: 'nats://unused:1', name: 'shop' }).catch(
      (cause) => cause,
    );
    expect(refusal).toMatchObject({ name: 'Fault', code: 'slot-held' });
    const directory = await open({ servers: 'nats://unused:1' });
    expect(agent).toMatchObject({ host: 'host-1', state: 'serving' });
    agent.report(web, { state: 'failing', detail: 'disk full' });
    await fleet.advance(0);
    expect(states(directory.instances('web'))).toEqual(['web-1 failing']);
    await agent.stop();
    await fleet.advance(0);
    expect(directory.instances('web')).toEqual([]);
    await directory.close();
  });

  test('runs no health check: the instance keeps its initial health until a report', async () => {
    await using fleet = await startTestFleet();
    const check = { http: 'http://127.0.0.1:1/health' };
    const agent = await fleet.startAgent({ name: 'shop', instances: [{ ...web, check }] });
    const directory = await fleet.openDirectory();
    await fleet.advance('1m');
    expect(states(directory.instances('web'))).toEqual(['web-1 failing']);
    agent.report(web, { state: 'serving' });
    await fleet.advance(0);
    expect(states(directory.instances('web'))).toEqual(['web-1 live']);
  });

  test('shows a directory what it is like without a collector', async () => {
    await using fleet = await startTestFleet();
    await fleet.startAgent({ name: 'shop', instances: [web] });
    const directory = await fleet.openDirectory({ seatsEvery: '1s' });
    const seen: string[] = [];
    directory.on('unobserved', () => seen.push('unobserved'));
    expect(directory.observed).toBe(true);
    await fleet.kill('collector-1');
    await fleet.advance('1m');
    expect(directory.observed).toBe(false);
    expect(seen).toEqual(['unobserved']);
  });

  test('hands out rows and changes that no caller can write into, because others have them too', async () => {
    await using fleet = await startTestFleet();
    const directory = await fleet.openDirectory({ keepLast: '10m' });
    const shared: unknown[] = [];
    directory.onChange((changes) => {
      shared.push(changes, ...changes, ...changes.flatMap(({ before, now }) => [before, now]));
    });
    const instances = [{ ...web, labels: { version: '1' } }];
    const agent = await fleet.startAgent({ host: 'a', name: 'shop', instances });
    agent.report(web, { state: 'failing', detail: 'disk full' });
    await fleet.advance('1s');
    shared.push(...directory.instances());
    agent.report(web, { state: 'serving' });
    await fleet.advance('1s');
    await fleet.kill('a');
    await fleet.advance('2m');
    const kept = directory.instances('web', { policy: 'prefer-live' });
    expect(kept).toMatchObject([{ id: 'web-1', keptSince: expect.any(Number) }]);
    shared.push(...kept);
    for (const one of shared) if (one) expect(isFrozenDeeply(one)).toBe(true);
    expect(shared.length).toBeGreaterThan(12);
  });

  test('makes the same choices in each run with the same seed', async () => {
    const picked = async (seed: number) => {
      await using fleet = await startTestFleet({ seed });
      const instances = Array.from({ length: 9 }, (_, n) => ({ service: 'web', id: `${n}` }));
      await fleet.startAgent({ name: 'shop', instances });
      const directory = await fleet.openDirectory();
      return Array.from({ length: 9 }, () => directory.pick('web')?.id).join('');
    };
    expect(await picked(7)).toBe(await picked(7));
    expect(await picked(7)).not.toBe(await picked(8));
  });

  test('yields the sets of a service as they change', async () => {
    await using fleet = await startTestFleet();
    const agent = await fleet.startAgent({ name: 'shop', instances: [web] });
    const directory = await fleet.openDirectory();
    const sets = directory.watchService('web');
    const next = async () => states((await sets.next()).value ?? []);
    expect(await next()).toEqual(['web-1 live']);
    const later = next();
    agent.replace([web, { service: 'web', id: 'web-2' }]);
    await fleet.advance('1s');
    expect(await later).toEqual(['web-1 live', 'web-2 live']);
  });

  test('ends an iterable with the reason of its signal, and without one when the directory closes', async () => {
    await using fleet = await startTestFleet();
    const directory = await fleet.openDirectory();
    const over = new AbortController();
    const { signal } = over;
    const sets = directory.watchService('web', { signal });
    await sets.next();
    const [set, change] = [sets.next(), directory.changes({ signal }).next()];
    const later = directory.watchService('web');
    await later.next();
    const last = later.next();
    over.abort(new Error('enough'));
    await expect(set).rejects.toThrow('enough');
    await expect(change).rejects.toThrow('enough');
    expect(() => directory.watchService('web', { signal: {} as never })).toThrow('signal: ');
    await directory.close();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test('refuses an argument that breaks its rule, at each function', async () => {
    await using fleet = await startTestFleet();
    const agent = await fleet.startAgent({ name: 'shop', instances: [web] });
    const directory = await fleet.openDirectory();
    const no = undefined as never;
    const refused: readonly (readonly [() => unknown, string])[] = [
      [() => agent.report(no, { state: 'serving' }), 'instance: is missing'],
      [() => agent.report({ service: 'web' } as never, { state: 'serving' }), 'instance.id: '],
      [() => agent.on('refuted', no), 'listener: '],
      [() => directory.avoid(no, '1s'), 'instance: is missing'],
      [() => directory.instances(7 as never), 'service: '],
      [() => directory.instances('web', { polcy: 'any' } as never), 'options.polcy: unknown key'],
      [() => directory.pick(no), 'service: is missing'],
      [() => directory.pick('a\nb'), 'service: '],
      [() => directory.watchService(no), 'service: is missing'],
      [() => directory.changes({ sginal: 1 } as never), 'options.sginal: unknown key'],
      [() => directory.onChange(no), 'listener: '],
    ];
    for (const [call, why] of refused) expect(call).toThrow(why);
  });

  test('refuses calls of a directory that is closed, which would return dead instances', async () => {
    await using fleet = await startTestFleet();
    await fleet.startAgent({ name: 'shop', instances: [web] });
    const directory = await fleet.openDirectory();
    expect(directory.pick('web')?.id).toBe('web-1');
    await directory.close();
    for (const call of [
      () => directory.pick('web'),
      () => directory.instances(),
      () => directory.agents(),
      () => directory.watchService('web'),
      () => directory.avoid(web, '1s'),
      () => directory.onChange(() => {}),
      () => directory.changes(),
      () => directory.on('observed', () => {}),
    ]) {
      expect(call).toThrow('the directory is closed');
    }
    await directory.close();
  });

  test('ends a start with the reason of its signal', async () => {
    await using fleet = await startTestFleet();
    await fleet.startAgent({ host: 'a', name: 'x' });
    await fleet.disconnect('a');
    const over = new AbortController();
    const starting = fleet.startAgent({ host: 'a', name: 'shop', signal: over.signal });
    const failed = starting.catch((cause: unknown) => cause);
    await fleet.advance('1s');
    const cause = new Error('enough');
    over.abort(cause);
    await fleet.advance('10s');
    expect(await failed).toMatchObject({ code: 'store-unavailable', cause });
  });

  test.each([
    [{ colectors: 2 }, 'colectors: unknown key'],
    [{ collectors: -1 }, 'collectors: '],
    [{ ttl: '1s' }, 'ttl: '],
  ])('refuses %j', async (options, why) => {
    const refusal = await startTestFleet(options as never).catch((cause: unknown) => cause);
    expect(refusal).toMatchObject({ code: 'bad-setting' });
    expect(`${refusal}`).toContain(why);
  });

  test('refuses to kill a host that it does not have', async () => {
    await using fleet = await startTestFleet();
    await expect(fleet.kill('web-1')).rejects.toMatchObject({ code: 'not-found' });
  });
});
