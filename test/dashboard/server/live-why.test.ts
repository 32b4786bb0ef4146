import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiWhy } from '../../../src/dashboard/api-types.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';
import { fetched } from './support/test-server.ts';

let live: LiveDashboard;
beforeEach(async () => {
  live = await liveDashboard();
});
afterEach(() => live[Symbol.asyncDispose]());

const ask = async (of: string): Promise<string> => {
  const { found } = await live.get<ApiWhy>(`/api/why?${of}`);
  return found.map((parts) => parts.map(([text]) => text).join('')).join('\n');
};

describe('the sentences of the dashboard', () => {
  it('explain the present with the leases, and the past without them', async () => {
    const before = live.source.index().last;
    expect(await ask('kind=instance&name=web/w1')).toMatch(/^web\/w1 on h1\/a is live: .* lease/);
    const [killed] = live.agents;
    if (killed) await live.fleet.kill(killed);
    await live.fleet.advance(live.fleet.lease.ttl + seconds(2));
    expect(await ask('kind=agent&name=h1/a')).toMatch(/^h1\/a is suspect: .*\(#\d+\)/);
    expect(await ask('kind=instance&name=web/w1')).toMatch(/^web\/w1 on h1\/a is dubious: .* dead/);
    expect(await ask(`kind=instance&name=web/w1&at=${before}`)).toMatch(/ is live: /);
  });

  it('have the times of the time zone of the reader', async () => {
    const [killed] = live.agents;
    if (killed) await live.fleet.kill(killed);
    await live.fleet.advance(live.fleet.lease.ttl + seconds(2));
    const [utc, tokyo, mumbai] = await Promise.all(
      ['UTC', 'Asia/Tokyo', 'Asia/Kolkata'].map((zone) =>
        ask(`kind=agent&name=h1/a&zone=${encodeURIComponent(zone)}`),
      ),
    );
    const time = (text = '') => {
      const [h = Number.NaN, min = Number.NaN] =
        /(\d\d):(\d\d):\d\d \S+ \(/.exec(text)?.slice(1).map(Number) ?? [];
      expect(h, text).not.toBeNaN();
      return h * 60 + min;
    };
    expect(time(tokyo)).toBe((time(utc) + 9 * 60) % 1440);
    expect(time(mumbai)).toBe((time(utc) + 5.5 * 60) % 1440);
  });

  it('explain who removed an instance that is gone', async () => {
    const [killed] = live.agents;
    if (killed) await live.fleet.kill(killed);
    const { ttl, grace } = live.fleet.lease;
    await live.fleet.advance(ttl + grace + seconds(10));
    expect(await ask('kind=instance&name=web/w1')).toMatch(
      /^web\/w1 is not registered: the collector in watch\/\S+ removed it .* declared dead/,
    );
  });

  it('are none for an agent without a record and an event', async () => {
    expect(await ask('kind=agent&name=h9/none')).toBe('');
  });

  it.each([
    ['kind=host&name=h1', 400],
    ['kind=agent&name=a', 400],
    ['kind=agent&name=h1/a&zone=Mars/Olympus', 400],
  ])('%s is refused with %d', async (query, status) => {
    const asked = fetched(live.server.url, `/api/why?${query}`);
    await live.fleet.advance(seconds(1));
    expect((await asked).status).toBe(status);
  });
});
