import { describe, expect, it } from 'vitest';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();

const ask = (fleet: TestFleet, ...args: readonly string[]) =>
  command([...args, '--servers', fleet.url, '--namespace', fleet.namespace], {
    ROLLCALL_HOST: 'desk',
  });

/** Every record with its revision, and the number of events. */
async function state(fleet: TestFleet) {
  const { out } = await ask(fleet, 'audit', 'verify', '--json');
  const { events } = JSON.parse(out.trim().split('\n').at(-1) ?? '{}');
  const records = await Promise.all(
    (await fleet.keys()).map(async (key) => (await fleet.store.registry.read(key)).revision),
  );
  return { events, records };
}

describe('--dry-run', () => {
  it('shows what hold, drain and policy set would change, and writes nothing', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const before = await state(fleet);
    const tries = [
      [['hold', 'h1', '--for', '1h'], /h1 is on hold until [\s\S]*covers 1 agent/, 'planned'],
      [['drain', 'h1', '--why', 'disk'], /h1 is drained until it is undrained: disk/, 'planned'],
      [['policy', 'set', 'seats=5'], /seats: 3 → 5/, undefined],
    ] as const;
    for (const [words, text, change] of tries) {
      const shown = await ask(fleet, ...words, '--dry-run');
      expect(shown).toMatchObject({ code: 0, err: '' });
      expect(shown.out).toMatch(text);
      expect(shown.out).toContain('--dry-run, nothing is changed');
      const { code, documents } = await ask(fleet, ...words, '--dry-run', '--json');
      expect(code).toBe(0);
      expect(documents()).toMatchObject([{ dryRun: true, ...(change && { change }) }]);
    }
    expect(await state(fleet)).toEqual(before);
  });

  it('shows which losses lost ack would acknowledge, and writes nothing', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    process.kill('SIGKILL');
    await until('the agent is removed', async () => (await fleet.keys()).length === 0);
    const before = await state(fleet);
    const shown = await ask(fleet, 'lost', 'ack', 'h1', '--dry-run', '--yes');
    expect([shown.code, shown.out]).toEqual([
      0,
      expect.stringContaining('this would be acknowledged: 1 agent'),
    ]);
    expect(await state(fleet)).toEqual(before);
    expect((await ask(fleet, 'lost', 'ack', 'h1', '--yes')).out).toMatch(/^acknowledged: 1 agent/);
  });
});
