import { describe, expect, test } from 'vitest';
import { FleetPolicy, type Retention } from '../../../../src/domain/policy/fleet-policy.ts';
import { days, minutes, seconds } from '../../../../src/domain/time.ts';
import { setPolicy } from '../../../../src/runtime/operator/operator-actions.ts';
import { keepingCollector } from '../../support/event-source.ts';
import { FleetInMemory, slotAt, specOf } from '../../support/fleet-in-memory.ts';
import { verdictOn } from '../../support/record-verdict.ts';

const never = new AbortController().signal;

/** An agent whose instance is changed this many times, a collector with keyframes, and an operator. */
async function given(keyframeEvery: number) {
  const fleet = new FleetInMemory();
  const { agent } = fleet.agent('h1/a', ['web/1']);
  const keeper = keepingCollector(fleet, keyframeEvery);
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  await fleet.advance(seconds(1));
  let port = 0;
  const say = (changes: Partial<FleetPolicy>) =>
    setPolicy(author, (now) => FleetPolicy.parse({ ...now, ...changes }), ports, never);
  return {
    fleet,
    logged: (event: string) => keeper.process.logged.filter((one) => one.event === event),
    async change(times: number) {
      for (let n = 0; n < times; n += 1) {
        port += 1;
        agent.replace([{ ...specOf('web/1'), port }]);
        await fleet.advance(seconds(1));
      }
    },
    say,
    wish: (retention: Retention) => say({ retention }),
    range: () => fleet.world.audit.extent(0),
  };
}

describe('the retention of the history', () => {
  test('follows the policy once a keyframe replaces the trimmed events', async () => {
    const { fleet, change, wish, range } = await given(3000);
    await change(2900);
    const { bytes } = range();
    expect(bytes).toBeGreaterThan(1_500_000);
    await wish({ maxBytes: 1_000_000 });
    await fleet.advance(minutes(3));
    expect(range().first).toBe(1);
    await change(200);
    await fleet.advance(minutes(3));
    expect(range().first).toBeGreaterThan(1000);
    expect(range().bytes).toBeLessThanOrEqual(1_000_000);
    expect(await verdictOn(fleet)).toMatchObject({ divergences: [] });
  });

  test('is reported once per keyframe if the server refuses it, without other effects', async () => {
    const { fleet, change, wish, range, logged } = await given(100_000);
    await change(20);
    await wish({ maxAge: days(2) });
    await fleet.advance(minutes(10));
    expect(range().first).toBe(1);
    expect(logged('history-not-limited')).toMatchObject([
      { fields: { why: expect.stringContaining('there is no signed keyframe') } },
    ]);
  });

  test('keeps manual limits if the policy has none', async () => {
    const { fleet, change, logged } = await given(100_000);
    await change(5);
    fleet.world.audit.limit({ maxAge: days(7) });
    await fleet.advance(minutes(5));
    expect(logged('history-limited')).toEqual([]);
  });

  test('is unlimited under a policy without limits', async () => {
    const { fleet, change, say, logged } = await given(100_000);
    await change(5);
    await say({ seats: 2 });
    await fleet.advance(minutes(5));
    expect(logged('history-limited')).toMatchObject([{ fields: { retention: {}, keyframe: 0 } }]);
  });
});
