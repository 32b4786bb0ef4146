import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { eventful, nowhere, on } from '../support/eventful-fleet.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-exported-'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20 }));

describe('an exported history', () => {
  it('gives every command the answers of the server, without the server', async () => {
    const { fleet, events } = await eventful(world);
    await using _ = fleet;
    const file = join(folder, 'history.ndjson.gz');
    const exported = await command(['audit', 'export', '--out', file, ...on(fleet)]);
    expect(exported).toMatchObject({ code: 0, out: '' });
    expect(exported.err).toContain(`${events.length} events of namespace`);
    const moment = String(events.findLast(({ event }) => event.type === 'expired')?.seq);
    for (const words of [
      ['audit', 'tail', '--json'],
      ['audit', 'tail', 'h1/a', '--from', 'start', '--json'],
      ['audit', 'show', 'h1/a', '--json'],
      ['audit', 'show', 'web/w1'],
      ['audit', 'replay', '--at', moment, '--show', 'all', '--json'],
      ['audit', 'replay', '--diff', '1', moment, '--json'],
      ['audit', 'replay', '--machines', 'machines', '--json'],
      ['why', 'web/w1', '--at', moment, '--json'],
      ['why', 'h1/a', '--at', moment],
    ]) {
      const live = await command([...words, ...on(fleet)]);
      expect(live, words.join(' ')).toMatchObject({ code: 0, err: '' });
      const filed = await command([...words, '--file', file, ...nowhere]);
      expect(filed.out, words.join(' ')).toBe(live.out);
      expect(filed).toMatchObject({ code: 0, err: '' });
    }
    const verified = await command(['audit', 'verify', '--json', '--file', file, ...nowhere]);
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.documents()).toEqual([
      expect.objectContaining({
        ...{ event: 'verified', events: events.length, divergences: 0 },
        ...{ first: 1, last: events.at(-1)?.seq, registry: false },
      }),
    ]);
  });

  it('is the same on standard output, in whole and in part', async () => {
    const { fleet, events } = await eventful(world);
    await using _ = fleet;
    const stored: object[] = [];
    for await (const { text, ...place } of fleet.store.audit.read(0)) {
      stored.push({ ...place, event: JSON.parse(text) });
    }
    const whole = await command(['audit', 'export', '--out', '-', ...on(fleet)]);
    expect(whole.documents()).toEqual(stored);
    const some = await command([
      ...['audit', 'export', '--out', '-', '--from', '5', '--to', 'before:9', ...on(fleet)],
    ]);
    expect(some.documents()).toEqual(stored.slice(4, 8));
    const part = join(folder, 'part.ndjson');
    await command(['audit', 'export', '--out', part, '--from', '5', ...on(fleet)]);
    const replayed = ['audit', 'replay', '--at', '9', '--show', 'all'];
    const filed = await command([...replayed, '--file', part, ...nowhere]);
    const live = await command([...replayed, ...on(fleet)]);
    expect(filed.out).toBe(live.out.replace('9 events replayed', '5 events replayed'));
    const none = await command(['audit', 'export', '--out', '-', '--to', '1h ago', ...on(fleet)]);
    expect(none).toMatchObject({ code: 0, out: '' });
    expect(events.length).toBeGreaterThan(9);
  });
});

describe('rollcall audit verify', () => {
  it('succeeds on a valid history that agrees with the registry', async () => {
    const { fleet, events } = await eventful(world);
    await using _ = fleet;
    const { code, documents } = await command(['audit', 'verify', '--json', ...on(fleet)]);
    expect(documents()).toEqual([
      expect.objectContaining({
        event: 'verified',
        events: events.length,
        divergences: 0,
        registry: true,
      }),
    ]);
    expect(code).toBe(0);
  });

  it('reports a record that no event explains, and exits with 1', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'a', []);
    const writes = [{ key: 'instance.h1.a.web.forged', expectedRevision: 0, text: '{"v":1}' }];
    await fleet.store.registry.commit({ writes, events: [] });
    const { code, out } = await command(['audit', 'verify', ...on(fleet)]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✕ no event registry {2}instance\.h1\.a\.web\.forged: expected no record, found /,
    );
    expect(out).toContain('1 divergence');
  });

  it('continues from a checkpoint, and refuses one of another namespace', async () => {
    const { fleet } = await eventful(world);
    await using _ = fleet;
    await using other = await world.fleet();
    await other.serving(
      'h1',
      'a',
      Array.from({ length: 40 }, (_, n) => ({ service: 's', id: `${n}` })),
    );
    const checkpoint = ['--checkpoint', join(folder, 'checkpoint.json'), '--json'];
    const first = await command(['audit', 'verify', ...checkpoint, ...on(fleet)]);
    const [{ events }] = first.documents() as [{ events: number }];
    await fleet.serving('h4', 'a', []);
    const second = await command(['audit', 'verify', ...checkpoint, ...on(fleet)]);
    const [verified] = second.documents() as [{ events: number }];
    expect(verified).toMatchObject({ event: 'verified', resumed: events, divergences: 0 });
    expect(verified.events).toBeGreaterThan(events);
    const refused = await command(['audit', 'verify', ...checkpoint, ...on(other)]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/of namespace '.*'\): .*this is another history/);
    const anew = await command(['audit', 'verify', '--from-start', ...checkpoint, ...on(other)]);
    expect(anew.code).toBe(0);
  });
});

describe('rollcall why', () => {
  it('explains what exists and what was removed, and reports what never existed', async () => {
    const { fleet } = await eventful(world);
    await using _ = fleet;
    await until('the collector watches', () => fleet.directory.observed);
    const why = (...words: string[]) => command(['why', ...words, ...on(fleet)]);
    expect((await why('web/w2')).out).toMatch(
      /^web\/w2 on h2\/a is live: its agent has a valid lease and is not suspect/,
    );
    expect((await why('h2/a')).out).toMatch(/^h2\/a is live: it renews its lease every/);
    expect((await why('web/w1')).out).toMatch(
      /^web\/w1 is not registered: the collector in watch\/collector removed it/,
    );
    expect((await why('web/w3')).out).toMatch(
      /^web\/w3 is not registered: its agent h3\/a stopped in an orderly way and removed it/,
    );
    expect((await why('h3/a')).out).toMatch(/^h3\/a is not registered: it left in an orderly way/);
    const [facts] = (await why('web/w2', '--json')).documents();
    expect(facts).toMatchObject({
      kind: 'instance',
      state: 'live',
      lease: 'stands',
      next: { what: 'nothing' },
    });
    const never = await why('web/w9');
    expect(never).toMatchObject({ code: 1, out: '' });
    expect(never.err).toContain("'web/w9' has no record and no event");
    const nobody = await why('nobody?');
    expect(nobody.code).toBe(1);
    expect(nobody.err).toContain("'nobody?' is neither a service nor a host");
  });
});
