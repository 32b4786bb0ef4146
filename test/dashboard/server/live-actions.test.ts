import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ApiAcknowledgeRequest,
  ApiActionResult,
  ApiHoldRequest,
  ApiReleaseRequest,
  ApiSweepRequest,
} from '../../../src/dashboard/api-actions.ts';
import type { ApiGcPlan, ApiState } from '../../../src/dashboard/api-types.ts';
import { agentKey } from '../../../src/domain/identity/registry-keys.ts';
import { readAgent } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { type FleetInMemory, slotAt } from '../../runtime/support/fleet-in-memory.ts';
import { type LiveDashboard, liveDashboard, permissions } from './support/live-dashboard.ts';
import { fetched } from './support/test-server.ts';

/** A collector declares a run dead, and stops before it removes the records. */
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
    const storing = ports.registry.commit(sealCommit([change]));
    await at.advance(seconds(1));
    expect((await storing).outcome).toBe('committed');
  }
}

let live: LiveDashboard;
beforeEach(async () => {
  live = await liveDashboard();
});
afterEach(() => live[Symbol.asyncDispose]());

describe('an action of the dashboard', () => {
  const hold: ApiHoldRequest = { host: 'h2', for: 60_000, why: 'new kernel', as: 'maria' };
  const release: ApiReleaseRequest = { host: 'h2' };
  const sweep: ApiSweepRequest = {};

  it('is performed once, and the audit records its author and its channel', async () => {
    const twice = await Promise.all([
      live.post('/api/actions/hold', hold),
      live.post('/api/actions/hold', hold),
    ]);
    for (const { status, text } of twice) {
      expect([status, JSON.parse(text) as ApiActionResult]).toEqual([
        200,
        {
          ...{ did: 'planned', transitions: 1, by: 'viewer/maria', left: null },
          ...{ text: 'Hold placed on h2', level: 'good', until: expect.any(Number) },
        },
      ]);
    }
    const { events } = await live.get<{ events: { event: object }[] }>('/api/entity?name=hold:h2');
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        event: { type: 'planned' },
        actor: { host: 'viewer', agent: 'maria' },
        evidence: { through: 'dashboard' },
      },
    ]);
    const { holds } = await live.get<ApiGcPlan>('/api/plan');
    expect(holds).toMatchObject([
      { host: 'h2', agent: null, why: 'new kernel', by: 'viewer/maria' },
    ]);
    const end = { 'rollcall-request': 'click-0002' };
    const { status } = await live.post('/api/actions/release', release, end);
    expect(status).toBe(200);
    const again = { 'rollcall-request': 'click-0003' };
    expect((await live.post('/api/actions/release', release, again)).status).toBe(404);
  });

  it('acknowledges losses once; the audit and the rows of the page have it', async () => {
    const asked: ApiAcknowledgeRequest = { zone: 'ams', until: 5000, why: 'closed', as: 'maria' };
    const click = (n: number) => ({ 'rollcall-request': `click-010${n}` });
    const did = async (n: number) =>
      JSON.parse((await live.post('/api/actions/acknowledge', asked, click(n))).text);
    expect(await did(1)).toMatchObject({ did: 'acknowledged', transitions: 1, by: 'viewer/maria' });
    expect(await did(2)).toMatchObject({ did: 'already', transitions: 0 });
    const { events } = await live.get<{ events: object[] }>('/api/entity?name=policy');
    expect(events).toMatchObject([
      {
        event: {
          actor: { agent: 'maria' },
          record: { policy: { acknowledged: [{ why: 'closed' }] } },
        },
      },
    ]);
    const { states } = await live.get<ApiState>('/api/state');
    expect(states.map((one) => one[4].acknowledged).filter(Boolean)).toEqual([
      [{ zone: 'ams', until: 5000 }],
    ]);
    const wrong = await live.post('/api/actions/acknowledge', { zone: 'ams' }, click(3));
    expect(wrong.status).toBe(400);
  });

  it('is refused if its id belongs to another request, and nothing is done', async () => {
    expect((await live.post('/api/actions/hold', hold)).status).toBe(200);
    for (const [path, body] of [
      ['/api/actions/hold', { ...hold, host: 'h1' }],
      ['/api/actions/release', release],
    ] as const) {
      const { status, text } = await live.post(path, body);
      expect([status, JSON.parse(text)]).toMatchObject([409, { code: 'id-reused' }]);
    }
    const { holds } = await live.get<ApiGcPlan>('/api/plan');
    expect(holds).toMatchObject([{ host: 'h2' }]);
  });

  it('sweep removes what is already decided', async () => {
    const { status, text } = await live.post('/api/actions/sweep', sweep);
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { did: 'swept', by: 'viewer/dashboard', left: { rows: [], refused: null } },
    ]);
  });

  describe('sweep of two dead runs', () => {
    beforeEach(async () => {
      await live.fleet.kill(live.collector);
      for (const one of live.agents) await live.fleet.kill(one);
      await live.fleet.advance(seconds(20));
      await declareDead(live.fleet, 'h1/a');
      await declareDead(live.fleet, 'h2/b');
    });
    const swept = async () => JSON.parse((await live.post('/api/actions/sweep', sweep)).text);

    it('removes both, and reports that nothing is left', async () => {
      expect(await swept()).toMatchObject({ transitions: 5, left: { rows: [], refused: null } });
    });

    it('reports what it removed, what is left and why, if one removal is refused', async () => {
      permissions.isRefused = (key) => key.includes('h2');
      const { transitions, left } = await swept();
      expect(transitions).toBe(3);
      expect(left).toMatchObject({
        rows: [{ host: 'h2', agent: 'b', next: 'remove', instances: 1 }],
        refused: expect.stringMatching(/does not let this dashboard's user.*h2/),
      });
    });

    it('is refused if every removal is refused', async () => {
      permissions.isRefused = () => true;
      expect(await swept()).toMatchObject({ code: 'store-refused' });
    });
  });

  it.each([
    ['no origin', hold, { origin: undefined }, 403],
    ['another origin', hold, { origin: 'http://evil.example' }, 403],
    ['no id', hold, { 'rollcall-request': undefined }, 400],
    ['an invalid id', hold, { 'rollcall-request': 'a b' }, 400],
    ['no end', { host: 'h2' }, {}, 400],
    ['an end after more than 30 days', { ...hold, for: 1e13 }, {}, 400],
    ['no host', { for: 1000 }, {}, 400],
    ['an invalid host name', { ...hold, host: 'a\u0000b' }, {}, 400],
    ['an unknown field', { ...hold, until: 1 }, {}, 400],
    ['a body that is too large', { ...hold, why: 'x'.repeat(20_000) }, {}, 413],
  ])('with %s writes nothing', async (_, body, headers, status) => {
    const given = Object.entries({
      origin: live.server.url.slice(0, -1),
      'rollcall-request': 'click-0009',
      ...headers,
    });
    const sent = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const answer = await fetched(live.server.url, '/api/actions/hold', {
      method: 'POST',
      headers: sent,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(status);
    expect((await live.get<ApiGcPlan>('/api/plan')).holds).toEqual([]);
  });
});
