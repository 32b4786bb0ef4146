import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiBrakes, ApiGcPlan, ApiHello, ApiWhy } from '../../../src/dashboard/api-types.ts';
import { seconds } from '../../../src/domain/time.ts';
import { planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { slotAt } from '../../runtime/support/fleet-in-memory.ts';
import { until } from '../../runtime/support/until.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';

let live: LiveDashboard;
beforeEach(async () => {
  live = await liveDashboard();
});
afterEach(() => live[Symbol.asyncDispose]());

const never = new AbortController().signal;
const momentNow = async () => {
  const { last, now } = await live.get<ApiHello>('/api/hello');
  return `at=${last}&time=${now}`;
};
/** When `h1/a` expires, by the plan and by the sentence of the drawer. */
async function foretold(moment = ''): Promise<{ at: number; words: string }> {
  const { rows } = await live.get<ApiGcPlan>(`/api/plan?${moment}`);
  const { found } = await live.get<ApiWhy>(`/api/why?kind=agent&name=h1/a&zone=UTC&${moment}`);
  const text = found.map((parts) => parts.map(([one]) => one).join('')).join('\n');
  const words = /declared dead (?:in [^,]+|at any moment)/.exec(text)?.[0] ?? text;
  return { at: rows.find(({ host }) => host === 'h1')?.at ?? 0, words };
}

async function killed(): Promise<void> {
  const [agent] = live.agents;
  if (agent) await live.fleet.kill(agent);
  await until(live.fleet, () => live.fleet.phase('h1/a') === 'live, unreachable');
}

/** When the audit stored the expiry of `h1/a`. */
async function expiredAt(): Promise<number> {
  const { fleet } = live;
  const now = () => fleet.clock.wall();
  for (const before = now(); now() < before + seconds(120); await fleet.advance(100))
    if (fleet.phase('h1/a') !== 'live, unreachable') return now();
  throw new Error('it was not declared dead');
}

describe('the forecast for a suspect run', () => {
  it('comes true after its collector was killed and another one began to watch', async () => {
    const { fleet, collector } = live;
    await killed();
    await fleet.kill(collector);
    await fleet.advance(fleet.lease.grace + seconds(10));
    fleet.collector('next');
    await fleet.advance(seconds(5));
    const [present, past] = [await foretold(), await foretold(await momentNow())];
    const at = await expiredAt();
    for (const one of [present, past]) expect(Math.abs(one.at - at)).toBeLessThan(seconds(2));
    expect(past.words).toBe(present.words);
    expect(present.words).toMatch(/in \d+ s$/);
  });

  it('is the same in the present and in the past after a hold ended, and comes true', async () => {
    const { fleet } = live;
    const { ports } = fleet.process('desk');
    const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
    const { host } = slotAt('h1/a');
    await planHold(author, { host, until: ports.clock.wall() + seconds(20) }, ports, never);
    await killed();
    await until(fleet, () => fleet.audit.story({ entity: 'hold' }).length > 1);
    await fleet.advance(seconds(3));
    const moment = await momentNow();
    const present = await foretold();
    const past = await foretold(moment);
    expect(past.at).toBe(present.at);
    expect(past.words).toBe(present.words);
    expect(Math.abs(present.at - (await expiredAt()))).toBeLessThan(seconds(2));
    expect((await foretold(moment)).at).toBe(present.at);
  });

  it('under a brake counts from when the next collector began to watch, in the brakes too', async () => {
    const { fleet, collector } = live;
    const others = [3, 4, 5].map((n) => fleet.agent(`h${n}/c`, []).process);
    await fleet.advance(seconds(10));
    for (const one of others) await fleet.kill(one);
    await killed();
    await fleet.kill(collector);
    await fleet.advance(fleet.lease.grace + seconds(10));
    fleet.collector('next');
    await fleet.advance(seconds(5));
    const plan = await live.get<ApiGcPlan>('/api/plan');
    const now = await live.get<ApiBrakes>('/api/brakes');
    const past = await live.get<ApiBrakes>(`/api/brakes?${await momentNow()}`);
    // Without a collector that has counted a grace, no run is held back yet.
    for (const { brakes } of [plan, now, past]) expect(brakes).toMatchObject([{ heldBack: 0 }]);
    const first = Math.min(...plan.rows.flatMap(({ at }) => at ?? []));
    for (const { turns } of [now, past])
      expect(Math.abs(Math.min(...Object.values(turns)) - first)).toBeLessThan(seconds(1));
  });
});
