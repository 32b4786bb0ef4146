import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { planLive } from '../../../src/composition/gc-plan-now.ts';
import { parseEntity } from '../../../src/composition/names/entity-name.ts';
import type {
  ApiActionResult,
  ApiHoldRequest,
  ApiReleaseRequest,
  ApiSweepRequest,
} from '../../../src/dashboard/api-actions.ts';
import type { ApiGcPlan, ApiState } from '../../../src/dashboard/api-types.ts';
import { LiveSource } from '../../../src/dashboard/server/history/live-source.ts';
import { Actions } from '../../../src/dashboard/server/routes/actions.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { HostId } from '../../../src/domain/identity/names.ts';
import { agentKey } from '../../../src/domain/identity/registry-keys.ts';
import { readAgent } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { FleetInMemory, slotAt } from '../../runtime/support/fleet-in-memory.ts';
import type { Process } from '../../runtime/support/process.ts';
import { apiOf, fetched, served } from './support/test-server.ts';

/** Whether a write of the dashboard's is refused, by its key. */
let isRefused = (_key: string): boolean => false;

const allowed = (ports: Ports): Ports => ({
  ...ports,
  registry: {
    ...ports.registry,
    commit: async (commit) => {
      const refused = commit.writes.find(({ key }) => isRefused(key));
      if (refused) throw new Fault('store-refused', `it may not publish to ${refused.key}`);
      return ports.registry.commit(commit);
    },
  },
});

/** What a collector decides, and then does not come to carry out. */
async function declareDead(at: FleetInMemory, place: string): Promise<void> {
  const { ports } = at.process('watch');
  const author = { actor: { ...slotAt('watch/gone'), run: ports.entropy.runId() }, ports };
  for (const event of [{ type: 'suspected', reason: 'silent' }, { type: 'expired' }] as const) {
    const reading = ports.registry.read(agentKey(slotAt(place)));
    await at.advance(seconds(1));
    const read = readAgent(await reading);
    if (read.kind !== 'stored') throw new Error(`${place} is ${read.kind}`);
    const change = transitionRun(author, read, event);
    if (change === 'ignored') throw new Error(`${place} ignores ${event.type}`);
    const storing = ports.registry.commit({ writes: [change.write], events: change.events });
    await at.advance(seconds(1));
    expect((await storing).outcome).toBe('committed');
  }
}

/** A fleet whose time is the test's, and its dashboard, which is asked over a real socket. */
async function lookedAt(fleet: FleetInMemory) {
  const { ports } = fleet.process('viewer');
  const source = new LiveSource('memory', ports);
  const directory = new Directory(ports);
  await fleet.advance(seconds(1));
  const plan = (of: Fleet) => planLive(of, fleet.lease, ports);
  const api = apiOf(source, {
    actions: new Actions(HostId.parse('viewer'), fleet.lease, allowed(ports), plan),
    planNow: async () => ({ fleet: directory.fleet, plan: await plan(directory.fleet) }),
    subjectsOf: (name, all) => parseEntity(name).flatMap((one) => (all ? one.all : one.own)),
  });
  const server = await served(api);
  /** Asks, while the time of the store goes on. */
  const asking = async (asked: ReturnType<typeof fetched>) => {
    let over = false;
    const done = asked.finally(() => {
      over = true;
    });
    while (!over) {
      await fleet.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return done;
  };
  return {
    source,
    server,
    async get<T>(path: string): Promise<T> {
      const { status, text } = await asking(fetched(server.url, path));
      expect([path, status]).toEqual([path, 200]);
      return JSON.parse(text);
    },
    post: (path: string, body: object, headers: object = {}) =>
      asking(
        fetched(server.url, path, {
          method: 'POST',
          headers: {
            origin: server.url.slice(0, -1),
            'rollcall-request': 'click-0001',
            ...headers,
          },
          body: JSON.stringify(body),
        }),
      ),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      const closing = [source[Symbol.asyncDispose](), directory[Symbol.asyncDispose]()];
      await fleet.advance(seconds(30));
      await Promise.all(closing);
    },
  };
}

let fleet: FleetInMemory;
let collector: Process;
let agents: readonly Process[];
let looked: Awaited<ReturnType<typeof lookedAt>>;
beforeEach(async () => {
  fleet = new FleetInMemory();
  isRefused = () => false;
  collector = fleet.collector('watch').process;
  agents = [
    fleet.agent('h1/a', ['web/w1', 'web/w2']).process,
    fleet.agent('h2/b', ['db/d1']).process,
  ];
  await fleet.advance(seconds(10));
  looked = await lookedAt(fleet);
});
afterEach(() => looked[Symbol.asyncDispose]());

const statesIn = ({ states, entities, words }: ApiState) =>
  states
    .map(([entity, state]) => {
      const of = entities[entity];
      const name = of && 'id' in of ? `${of.service}/${of.id}` : of && 'host' in of ? of.host : '';
      return `${of?.entity} ${name} ${words[state]}`;
    })
    .sort();

const live = 'present.phase.live+present.sight.clear';

describe('a fleet in the dashboard', () => {
  it('stands as it stands, and as it stood', async () => {
    expect(statesIn(await looked.get('/api/state'))).toEqual([
      'collector watch seated.watching',
      'instance db/d1 serving',
      'instance web/w1 serving',
      'instance web/w2 serving',
      `run h1 ${live}`,
      `run h2 ${live}`,
      'session h1 serving',
      'session h2 serving',
    ]);
    const before = await looked.get<{ last: number }>('/api/hello');
    const { process } = fleet.agent('h3/c', ['web/w3']);
    await fleet.advance(seconds(10));
    await fleet.kill(process);
    await fleet.advance(seconds(8));
    expect(statesIn(await looked.get('/api/state'))).toContain(
      'run h3 present.phase.live+present.sight.suspect',
    );
    await fleet.advance(seconds(60));
    expect(statesIn(await looked.get('/api/state')).join()).not.toContain('h3');
    const then = await looked.get<ApiState>(`/api/state?at=${before.last}`);
    expect(then.seq).toBe(before.last);
    expect(statesIn(then)).toHaveLength(8);
  });

  it('every row of its history is an event that can be had whole', async () => {
    const { status, text } = await fetched(looked.server.url, '/api/audit?limit=500');
    expect(status).toBe(200);
    const pages = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const rows = pages.flatMap((page) => page.rows.map((row: number[]) => ({ page, row })));
    expect(rows.length).toBeGreaterThan(15);
    for (const { page, row } of rows) {
      const whole = await looked.get<{ seq: number; event: never }>(`/api/event/${row[0]}`);
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
  ])('what belongs to %s', async (query, kinds) => {
    const { events } = await looked.get<{
      events: { event: { of: { entity: string; host: string } } }[];
    }>(`/api/entity?${query}`);
    expect([...new Set(events.map(({ event }) => event.of.entity))].sort()).toEqual(kinds);
    for (const { event } of events) expect(event.of.host).toBe('h1');
  });

  it.each(['', 'name=h1/a&host=h1', 'host='])(
    'an entity asked for by %j is refused',
    async (query) => {
      const { status } = await fetched(looked.server.url, `/api/entity?${query}`);
      expect(status).toBe(400);
    },
  );

  it.each([
    ['h1/a', ['reconciled', 'announced', 'claimed', 'started', 'leased', 'opened']],
    ['web/w1', ['registered']],
    ['agent:h2/b', ['reconciled', 'announced', 'claimed', 'started', 'leased', 'opened']],
    ['policy', []],
  ])('the life of %s, newest first', async (name, types) => {
    const url = `/api/entity?name=${encodeURIComponent(name)}`;
    const { events, more } = await looked.get<{
      events: { seq: number; event: { event: { type: string } } }[];
      more: boolean;
    }>(url);
    expect([...events.map(({ event }) => event.event.type)].sort()).toEqual([...types].sort());
    expect(events.map(({ seq }) => seq)).toEqual(
      events.map(({ seq }) => seq).toSorted((a, b) => b - a),
    );
    expect(more).toBe(false);
    if (events.length < 2) return;
    const some = await looked.get<{ events: { seq: number }[]; more: boolean }>(
      `${url}&limit=1&before=${events[0]?.seq}`,
    );
    expect([some.events.map(({ seq }) => seq), some.more]).toEqual([[events[1]?.seq], true]);
  });

  it('what will be removed, when and why; and of the past an estimate', async () => {
    const quiet = await looked.get<ApiGcPlan>('/api/plan');
    expect(quiet).toMatchObject({ rows: [], estimate: false, seats: 1 });
    const { process } = fleet.agent('h3/c', ['web/w3']);
    await fleet.advance(seconds(10));
    process.vanish();
    await fleet.advance(seconds(9));
    const { last } = await looked.get<{ last: number }>('/api/hello');
    expect((await looked.get<ApiGcPlan>('/api/plan')).rows).toMatchObject([
      { kind: 'run', host: 'h3', agent: 'c', next: 'expire', instances: 1 },
    ]);
    await fleet.advance(seconds(60));
    expect((await looked.get<ApiGcPlan>('/api/plan')).rows).toEqual([]);
    const past = await looked.get<ApiGcPlan>(`/api/plan?at=${last}`);
    expect(past).toMatchObject({ seq: last, estimate: true, seats: null });
    expect(past.rows).toMatchObject([
      { host: 'h3', why: 'silent', next: 'expire', heldBy: { by: 'grace' } },
    ]);
  });

  it('what may happen next, and why something may not', async () => {
    const { entities } = await looked.get<ApiState>('/api/state');
    const run = entities.find((of) => of.entity === 'run' && of.host === 'h1');
    const url = `/api/explain?entity=${encodeURIComponent(JSON.stringify(run))}`;
    const { state, next, unsure } = await looked.get<{
      state: string;
      next: { event: string }[];
      unsure: boolean;
    }>(url);
    expect([state, unsure]).toEqual([live, false]);
    expect([...new Set(next.map(({ event }) => event))].sort()).toEqual([
      'confirmed',
      'regranted',
      'superseded',
      'suspected',
      'withdrawn',
    ]);
    expect(await looked.get(`${url}&event=expired`)).toMatchObject({
      whyNot: `in ${live} there is no transition for 'expired'`,
    });
    expect(await looked.get(`${url}&event=suspected`)).toMatchObject({ whyNot: null });
  });

  it('charts are there by the hash that hello names', async () => {
    const { charts } = await looked.get<{ charts: Record<string, string> }>('/api/hello');
    for (const [machine, hash] of Object.entries(charts)) {
      expect(await looked.get(`/api/charts/${hash}.json`)).toMatchObject({ machine, hash });
    }
    const { ports } = fleet.process('last year');
    const old = chartOf(createMachine({ id: 'run', initial: 'b', states: { b: {} } }));
    await ports.charts.publish('run', old.hash, JSON.stringify(old));
    expect(await looked.get(`/api/charts/${old.hash}.json`)).toEqual(old);
    expect((await fetched(looked.server.url, '/api/charts/000000000000.json')).status).toBe(404);
  });
});

describe('what is done from the dashboard', () => {
  const hold: ApiHoldRequest = { host: 'h2', for: 60_000, why: 'new kernel', as: 'maria' };
  const release: ApiReleaseRequest = { host: 'h2' };
  const sweep: ApiSweepRequest = {};

  it('is done once, and the audit tells by whom and from where', async () => {
    const twice = await Promise.all([
      looked.post('/api/actions/hold', hold),
      looked.post('/api/actions/hold', hold),
    ]);
    for (const { status, text } of twice) {
      expect([status, JSON.parse(text) as ApiActionResult]).toEqual([
        200,
        { did: 'planned', transitions: 1, by: 'viewer/maria', left: null },
      ]);
    }
    const { events } = await looked.get<{ events: { event: object }[] }>(
      '/api/entity?name=hold:h2',
    );
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        event: { type: 'planned' },
        actor: { host: 'viewer', agent: 'maria' },
        evidence: { through: 'dashboard' },
      },
    ]);
    const { holds } = await looked.get<ApiGcPlan>('/api/plan');
    expect(holds).toMatchObject([
      { host: 'h2', agent: null, why: 'new kernel', by: 'viewer/maria' },
    ]);
    const end = { 'rollcall-request': 'click-0002' };
    const { status } = await looked.post('/api/actions/release', release, end);
    expect(status).toBe(200);
    const again = { 'rollcall-request': 'click-0003' };
    expect((await looked.post('/api/actions/release', release, again)).status).toBe(404);
  });

  it('a sweep removes what is decided already', async () => {
    const { status, text } = await looked.post('/api/actions/sweep', sweep);
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { did: 'swept', by: 'viewer/dashboard', left: { rows: [], refused: null } },
    ]);
  });

  describe('of two that were declared dead', () => {
    beforeEach(async () => {
      await fleet.kill(collector);
      for (const one of agents) await fleet.kill(one);
      await fleet.advance(seconds(20));
      await declareDead(fleet, 'h1/a');
      await declareDead(fleet, 'h2/b');
    });
    const swept = async () => JSON.parse((await looked.post('/api/actions/sweep', sweep)).text);

    it('a sweep takes both, and says that nothing is left', async () => {
      expect(await swept()).toMatchObject({ transitions: 5, left: { rows: [], refused: null } });
    });

    it('where one is refused, says how much was done, what is left, and why', async () => {
      isRefused = (key) => key.includes('h2');
      const { transitions, left } = await swept();
      expect(transitions).toBe(3);
      expect(left).toMatchObject({
        rows: [{ host: 'h2', agent: 'b', next: 'remove', instances: 1 }],
        refused: expect.stringMatching(/does not let this dashboard's user.*h2/),
      });
    });

    it('where nothing at all is let through, is refused as a whole', async () => {
      isRefused = () => true;
      expect(await swept()).toMatchObject({ code: 'store-refused' });
    });
  });

  it.each([
    ['no origin', hold, { origin: undefined }, 403],
    ['another origin', hold, { origin: 'http://evil.example' }, 403],
    ['no id', hold, { 'rollcall-request': undefined }, 400],
    ['an id that is none', hold, { 'rollcall-request': 'a b' }, 400],
    ['no end', { host: 'h2' }, {}, 400],
    ['an end that nobody would live to see', { ...hold, for: 1e13 }, {}, 400],
    ['no host', { for: 1000 }, {}, 400],
    ['a host that is no name', { ...hold, host: 'a\u0000b' }, {}, 400],
    ['more than was asked for', { ...hold, until: 1 }, {}, 400],
    ['too much', { ...hold, why: 'x'.repeat(20_000) }, {}, 413],
  ])('%s: nothing is done', async (_, body, headers, status) => {
    const said = Object.entries({
      origin: looked.server.url.slice(0, -1),
      'rollcall-request': 'click-0009',
      ...headers,
    });
    const sent = Object.fromEntries(said.filter(([, value]) => value !== undefined));
    const answer = await fetched(looked.server.url, '/api/actions/hold', {
      method: 'POST',
      headers: sent,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(status);
    expect((await looked.get<ApiGcPlan>('/api/plan')).holds).toEqual([]);
  });
});

describe('while the store does not answer', () => {
  it('says since when, and goes on from there', async () => {
    const { ports, line } = fleet.process('other');
    const source = new LiveSource('memory', ports);
    await fleet.advance(seconds(3));
    const before = source.index().last;
    expect(source.storeAwaySince()).toBeNull();
    line.down = true;
    await fleet.advance(seconds(20));
    expect(source.storeAwaySince()).toBeGreaterThan(0);
    expect(source.seats()).toBeNull();
    fleet.agent('h9/z', ['web/w9']);
    await fleet.advance(seconds(10));
    expect(source.index().last).toBe(before);
    line.down = false;
    await fleet.advance(seconds(20));
    expect(source.storeAwaySince()).toBeNull();
    const rows = [...source.index().rows(0)].map(({ seq }) => seq);
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, n) => n + 1));
    expect(rows.length).toBeGreaterThan(before);
    const closing = source[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });

  it('says since when events do not arrive, although the store answers', async () => {
    const { ports } = fleet.process('other');
    let isRefused = false;
    const audit: typeof ports.audit = {
      ...ports.audit,
      async *follow(from, signal, filters) {
        for await (const event of ports.audit.follow(from, signal, filters)) {
          if (isRefused) throw new Fault('store-refused', 'maximum consumers limit reached');
          yield event;
        }
      },
    };
    const source = new LiveSource('memory', { ...ports, audit });
    await fleet.advance(seconds(3));
    isRefused = true;
    fleet.agent('h8/z', ['web/w8']);
    await fleet.advance(seconds(6));
    expect(source.storeAwaySince()).toBeNull();
    await fleet.advance(seconds(10));
    expect(source.storeAwaySince()).toBeGreaterThan(0);
    expect(source.seats()).not.toBeNull();
    isRefused = false;
    await fleet.advance(seconds(6));
    expect(source.storeAwaySince()).toBeNull();
    const closing = source[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });
});
