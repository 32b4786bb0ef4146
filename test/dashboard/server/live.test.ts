import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { chartOf } from '../../../src/charts/model/chart.ts';
import type { ApiGcPlan, ApiState } from '../../../src/dashboard/api-types.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';
import { fetched } from './support/test-server.ts';

let live: LiveDashboard;
beforeEach(async () => {
  live = await liveDashboard();
});
afterEach(() => live[Symbol.asyncDispose]());

const statesIn = ({ states, entities, words }: ApiState) =>
  states
    .map(([entity, state]) => {
      const of = entities[entity];
      const name = of && 'id' in of ? `${of.service}/${of.id}` : of && 'host' in of ? of.host : '';
      return `${of?.entity} ${name} ${words[state]}`;
    })
    .sort();

const clear = 'present.phase.live+present.sight.clear';

describe('a fleet in the dashboard', () => {
  it('is shown as it is now, and as it was at an earlier event', async () => {
    expect(statesIn(await live.get('/api/state'))).toEqual([
      'collector watch seated.watching',
      'instance db/d1 serving',
      'instance web/w1 serving',
      'instance web/w2 serving',
      `run h1 ${clear}`,
      `run h2 ${clear}`,
      'session h1 serving',
      'session h2 serving',
    ]);
    const before = await live.get<{ last: number }>('/api/hello');
    const { process } = live.fleet.agent('h3/c', ['web/w3']);
    await live.fleet.advance(seconds(10));
    await live.fleet.kill(process);
    await live.fleet.advance(seconds(8));
    expect(statesIn(await live.get('/api/state'))).toContain(
      'run h3 present.phase.live+present.sight.suspect',
    );
    await live.fleet.advance(seconds(60));
    expect(statesIn(await live.get('/api/state')).join()).not.toContain('h3');
    const then = await live.get<ApiState>(`/api/state?at=${before.last}`);
    expect(then.seq).toBe(before.last);
    expect(statesIn(then)).toHaveLength(8);
  });

  it('has a history in which the event of every row can be read', async () => {
    const { status, text } = await fetched(live.server.url, '/api/audit?limit=500');
    expect(status).toBe(200);
    const pages = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const rows = pages.flatMap((page) => page.rows.map((row: number[]) => ({ page, row })));
    expect(rows.length).toBeGreaterThan(15);
    for (const { page, row } of rows) {
      const whole = await live.get<{ seq: number; event: never }>(`/api/event/${row[0]}`);
      expect(whole).toMatchObject({
        seq: row[0],
        storedAt: row[1],
        event: { of: page.entities[row[2]], event: { type: page.words[row[3]] } },
      });
    }
  });

  it.each([
    ['name=h1/a', ['run', 'session']],
    ['name=h1/a&all=1', ['instance', 'run', 'session']],
    ['host=h1', ['instance', 'run', 'session']],
    ['host=h%201', []],
  ])('has these kinds of events for %s', async (query, kinds) => {
    const { events } = await live.get<{
      events: { event: { of: { entity: string; host: string } } }[];
    }>(`/api/entity?${query}`);
    expect([...new Set(events.map(({ event }) => event.of.entity))].sort()).toEqual(kinds);
    for (const { event } of events) expect(event.of.host).toBe('h1');
  });

  it.each(['', 'name=h1/a&host=h1', 'host='])(
    'refuses the query %j for an entity',
    async (query) => {
      const { status } = await fetched(live.server.url, `/api/entity?${query}`);
      expect(status).toBe(400);
    },
  );

  it.each([
    ['h1/a', ['reconciled', 'announced', 'claimed', 'started', 'leased', 'opened']],
    ['web/w1', ['registered']],
    ['agent:h2/b', ['reconciled', 'announced', 'claimed', 'started', 'leased', 'opened']],
    ['policy', []],
  ])('has the events of %s, newest first', async (name, types) => {
    const url = `/api/entity?name=${encodeURIComponent(name)}`;
    const { events, more } = await live.get<{
      events: { seq: number; event: { event: { type: string } } }[];
      more: boolean;
    }>(url);
    expect([...events.map(({ event }) => event.event.type)].sort()).toEqual([...types].sort());
    expect(events.map(({ seq }) => seq)).toEqual(
      events.map(({ seq }) => seq).toSorted((a, b) => b - a),
    );
    expect(more).toBe(false);
    if (events.length < 2) return;
    const some = await live.get<{ events: { seq: number }[]; more: boolean }>(
      `${url}&limit=1&before=${events[0]?.seq}`,
    );
    expect([some.events.map(({ seq }) => seq), some.more]).toEqual([[events[1]?.seq], true]);
  });

  it('has a plan of the next removals, and an estimate of it for the past', async () => {
    const quiet = await live.get<ApiGcPlan>('/api/plan');
    expect(quiet).toMatchObject({ rows: [], estimate: false });
    const { process } = live.fleet.agent('h3/c', ['web/w3']);
    await live.fleet.advance(seconds(10));
    process.vanish();
    await live.fleet.advance(seconds(9));
    const { last } = await live.get<{ last: number }>('/api/hello');
    expect((await live.get<ApiGcPlan>('/api/plan')).rows).toMatchObject([
      { kind: 'run', host: 'h3', agent: 'c', next: 'expire', instances: 1 },
    ]);
    await live.fleet.advance(seconds(60));
    expect((await live.get<ApiGcPlan>('/api/plan')).rows).toEqual([]);
    const past = await live.get<ApiGcPlan>(`/api/plan?at=${last}`);
    expect(past).toMatchObject({ seq: last, estimate: true });
    expect(past.rows).toMatchObject([
      { host: 'h3', why: 'silent', next: 'expire', heldBy: { by: 'grace' } },
    ]);
  });

  it('lists the possible next events of a run', async () => {
    const { entities } = await live.get<ApiState>('/api/state');
    const run = entities.find((of) => of.entity === 'run' && of.host === 'h1');
    const url = `/api/explain?entity=${encodeURIComponent(JSON.stringify(run))}`;
    const { state, next, unsure } = await live.get<{
      state: string;
      next: { event: string }[];
      unsure: boolean;
    }>(url);
    expect([state, unsure]).toEqual([clear, false]);
    expect([...new Set(next.map(({ event }) => event))].sort()).toEqual([
      'confirmed',
      'regranted',
      'superseded',
      'suspected',
      'withdrawn',
    ]);
  });

  it('has each chart under the hash that /api/hello names', async () => {
    const { charts } = await live.get<{ charts: Record<string, string> }>('/api/hello');
    for (const [machine, hash] of Object.entries(charts)) {
      expect(await live.get(`/api/charts/${hash}.json`)).toMatchObject({ machine, hash });
    }
    const { ports } = live.fleet.process('last year');
    const old = chartOf(createMachine({ id: 'run', initial: 'b', states: { b: {} } }));
    await ports.charts.publish('run', old.hash, JSON.stringify(old));
    expect(await live.get(`/api/charts/${old.hash}.json`)).toEqual(old);
    expect((await fetched(live.server.url, '/api/charts/000000000000.json')).status).toBe(404);
  });
});
