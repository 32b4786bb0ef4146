import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiBrakes, ApiGcPlan, ApiHello, ApiWhy } from '../../../src/dashboard/api-types.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';

let live: LiveDashboard;
/**
 * The agents of a zone were killed, one half a little later than the other. The grace of all is over, the brake holds
 * them back, and no event says when the grace of the second half ended.
 */
beforeEach(async () => {
  live = await liveDashboard();
  const { fleet } = live;
  const killed = [3, 4, 5, 6, 7, 8].map((n) => fleet.agent(`h${n}/c`, [`api/a${n}`]).process);
  await fleet.advance(seconds(10));
  for (const process of killed.slice(0, 3)) process.vanish();
  await fleet.advance(seconds(5));
  for (const process of killed.slice(3)) process.vanish();
  await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(2));
});
afterEach(() => live[Symbol.asyncDispose]());

/** The present moment, as a page in the past asks for it. */
const momentNow = async () => {
  const { last, now } = await live.get<ApiHello>('/api/hello');
  return `at=${last}&time=${now}`;
};
const rowsOf = ({ rows }: ApiGcPlan) =>
  rows.map(({ host, column, at, status, waits }) => [host, column, at, status, waits]);
const countsOf = ({ brakes }: Pick<ApiGcPlan, 'brakes'>) =>
  brakes.map(({ zone, heldBack, suspect, endsAt }) => [zone, heldBack, suspect, endsAt]);

describe('a plan of the past', () => {
  it('holds back the runs that the plan held back at that time', async () => {
    const [moment, then] = [await momentNow(), await live.get<ApiGcPlan>('/api/plan')];
    expect(then.brakes).toMatchObject([{ heldBack: then.rows.length }]);
    expect(then.rows.length).toBeGreaterThan(2);
    await live.fleet.advance(seconds(600));
    const past = await live.get<ApiGcPlan>(`/api/plan?${moment}`);
    expect(rowsOf(past)).toEqual(rowsOf(then));
    expect(countsOf(past)).toEqual(countsOf(then));
    expect(past.verdict).toBe(then.verdict);
  });

  it('has no collector where the history says that there was none', async () => {
    const stopped = live.watching[Symbol.asyncDispose]();
    await live.fleet.advance(seconds(20));
    await stopped;
    const moment = await momentNow();
    const past = await live.get<ApiGcPlan>(`/api/plan?${moment}`);
    expect(new Set(past.rows.map(({ at }) => at))).toEqual(new Set([null]));
  });
});

describe('the forecast of the brakes', () => {
  it('is that of the plan, with the time at which each run expires', async () => {
    const plan = await live.get<ApiGcPlan>('/api/plan');
    const now = await live.get<ApiBrakes>('/api/brakes');
    const past = await live.get<ApiBrakes>(`/api/brakes?${await momentNow()}`);
    expect(countsOf(now)).toEqual(countsOf(plan));
    expect(past).toEqual(now);
    const turns = plan.rows.flatMap(({ run, at, heldBy }) =>
      heldBy?.by === 'brake' ? [[run, at]] : [],
    );
    expect(turns.length).toBeGreaterThan(2);
    expect(now.turns).toMatchObject(Object.fromEntries(turns));
  });

  it('is in the sentences of rollcall why, also in those about the past', async () => {
    const { rows } = await live.get<ApiGcPlan>('/api/plan');
    const moment = await momentNow();
    const [{ host, agent, at, heldBy } = {}] = rows.toReversed();
    const why = async (query: string) => {
      const asked = `/api/why?kind=agent&zone=UTC&name=${host}/${agent}${query}`;
      return (await live.get<ApiWhy>(asked)).found.flat();
    };
    if (heldBy?.by !== 'brake') throw new Error('no brake holds it back');
    const { seen, suspect, turn } = heldBy;
    const time = new Date(at ?? 0).toISOString().slice(11, 19);
    const [present, past] = [await why(''), await why(`&${moment}`)];
    expect(present.find(([text]) => text === 'GC')).toEqual(['GC', '#/gc']);
    expect(past.find(([text]) => text === 'GC')?.[1]).toMatch(/^#\/gc\?at=\d{4}-/);
    const [event = '', address] = present.find(([text]) => text.startsWith('#')) ?? [];
    expect(address).toBe(
      `#/entity?at=seq%3A${event.slice(1)}&of=agent%2F${host}%2F${agent}&open=${event.slice(1)}`,
    );
    for (const parts of [present, past]) {
      const one = parts.map(([text]) => text).join('');
      expect(one).toContain(`(${suspect} of ${seen} runs are suspect)`);
      expect(one).toContain(`in turn ${turn} of ${rows.length}, about ${time} UTC (in `);
    }
  });

  it('reads no event for the present, and replays a moment of the past once for all pages', async () => {
    const moment = await momentNow();
    const read = vi.spyOn(live.source.history, 'read');
    for (let n = 0; n < 3; n += 1) await live.get('/api/brakes');
    expect(read).not.toHaveBeenCalled();
    await live.get(`/api/brakes?${moment}`);
    const once = read.mock.calls.length;
    expect(once).toBeGreaterThan(0);
    await live.get(`/api/plan?${moment}`);
    await live.get(`/api/brakes?${moment}`);
    expect(read).toHaveBeenCalledTimes(once);
  });
});
