import { describe, expect, test } from 'vitest';
import { recordSubject } from '../../../../src/adapters/memory/server/subjects.ts';
import { ZoneName } from '../../../../src/domain/identity/names.ts';
import { type BrakePolicy, FleetPolicy } from '../../../../src/domain/policy/fleet-policy.ts';
import { readBrake } from '../../../../src/domain/records/stored-record.ts';
import { type Millis, minutes, seconds } from '../../../../src/domain/time.ts';
import { setPolicy } from '../../../../src/runtime/operator/operator-actions.ts';
import { type AgentProcess, FleetInMemory, slotAt } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const rack = (name: string) => ({ zone: ZoneName.parse(name) });

/** This many agents in each zone, and collectors that watch them. */
async function given(
  fleet: FleetInMemory,
  zones: Readonly<Record<string, number>>,
  collectors = 1,
): Promise<Readonly<Record<string, readonly AgentProcess[]>>> {
  for (let n = 1; n <= collectors; n += 1) fleet.collector(`c${n}`);
  const agents = Object.entries(zones).map(([zone, count]): [string, AgentProcess[]] => [
    zone,
    Array.from({ length: count }, (_, n) =>
      fleet.agent(`${zone}-${n}/a`, [`web/${zone}-${n}`], rack(zone)),
    ),
  ]);
  await fleet.advance(seconds(8));
  return Object.fromEntries(agents);
}

async function policy(fleet: FleetInMemory, brake: Partial<BrakePolicy>): Promise<void> {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const never = new AbortController().signal;
  await setPolicy(author, (now) => FleetPolicy.parse({ ...now, brake }), ports, never);
}

const brakeOf = (fleet: FleetInMemory, zone: string) => {
  const key = `brake.${zone}`;
  const last = fleet.world.registry.last(recordSubject(key));
  return readBrake({ key, revision: last?.seq ?? 0, text: last?.text });
};
const isOn = (fleet: FleetInMemory, zone: string): boolean =>
  brakeOf(fleet, zone).kind === 'stored';

const remaining = (fleet: FleetInMemory, zone: string, count: number): number =>
  Array.from({ length: count }, (_, n) => fleet.phase(`${zone}-${n}/a`)).filter(
    (phase) => phase !== 'absent' && phase !== 'expired',
  ).length;

const killSome = async (fleet: FleetInMemory, agents: readonly AgentProcess[] = [], count = 0) => {
  for (const { process } of agents.slice(0, count)) await fleet.kill(process);
};
const graceOver = ({ lease }: FleetInMemory): Millis => lease.ttl + lease.grace + seconds(3);

describe('a zone in which too many agents fall silent together', () => {
  scenario('brakes, and reports its counts; another zone does not', async (fleet) => {
    const { r1, r2 } = await given(fleet, { r1: 10, r2: 10 });
    await killSome(fleet, r1, 5);
    await killSome(fleet, r2, 2);
    await fleet.advance(fleet.lease.ttl + seconds(1));
    expect(brakeOf(fleet, 'r1')).toMatchObject({
      record: { zone: 'r1', seen: 10, suspect: expect.any(Number), expired: 0 },
    });
    expect(isOn(fleet, 'r2')).toBe(false);
    await fleet.advance(fleet.lease.grace + seconds(3));
    expect(remaining(fleet, 'r2', 10)).toBe(8);
    expect(remaining(fleet, 'r1', 10)).toBeGreaterThan(8);
  });

  for (const collectors of [1, 3]) {
    scenario(
      `is expired at the pace of the brake with ${collectors} collectors, and then releases it`,
      async (fleet) => {
        const { r1 } = await given(fleet, { r1: 10 }, collectors);
        await killSome(fleet, r1, 6);
        const times: Millis[] = [];
        let before = 10;
        await until(
          fleet,
          () => {
            const now = remaining(fleet, 'r1', 10);
            for (let n = now; n < before; n += 1) times.push(fleet.clock.monotonic());
            before = now;
            return now === 4;
          },
          minutes(10),
        );
        // The brake limits from 15 % on: one of five is more.
        const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
        expect(gaps).toHaveLength(5);
        for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(seconds(10));
        for (const gap of gaps) expect(gap).toBeLessThan(seconds(collectors === 1 ? 12 : 22));
        await until(fleet, () => !isOn(fleet, 'r1'));
        const [tripped, ...more] = fleet.audit.story({ entity: 'brake' });
        expect(tripped).toBe('tripped');
        expect(more.at(-1)).toBe('released');
        expect(more.slice(0, -1).every((type) => type === 'let-through')).toBe(true);
      },
    );
  }

  scenario('follows the pace of the policy', async (fleet) => {
    const { r1 } = await given(fleet, { r1: 10 });
    await policy(fleet, { pace: seconds(1) });
    await killSome(fleet, r1, 6);
    const took = await until(fleet, () => remaining(fleet, 'r1', 10) === 4, minutes(3));
    expect(took).toBeLessThan(graceOver(fleet) + seconds(15));
  });

  scenario('releases the brake when its agents come back, and no run is expired', async (fleet) => {
    const { r1 } = await given(fleet, { r1: 10 });
    for (const { process } of (r1 ?? []).slice(0, 6)) process.line.down = true;
    await until(fleet, () => isOn(fleet, 'r1'));
    for (const { process } of r1 ?? []) process.line.down = false;
    await until(fleet, () => !isOn(fleet, 'r1'), minutes(2));
    expect(remaining(fleet, 'r1', 10)).toBe(10);
  });
});

describe('no brake is set', () => {
  scenario('for a small fleet of which one fails', async (fleet) => {
    const { r1 } = await given(fleet, { r1: 2 });
    await killSome(fleet, r1, 2);
    await fleet.advance(graceOver(fleet));
    expect(remaining(fleet, 'r1', 2)).toBe(0);
    expect(fleet.audit.story({ entity: 'brake' })).toEqual([]);
  });

  scenario('for a fleet that is asked to leave', async (fleet) => {
    const { r1 } = await given(fleet, { r1: 8 });
    await Promise.all([
      fleet.advance(seconds(20)),
      ...(r1 ?? []).slice(0, 6).map(({ agent }) => agent.stop()),
    ]);
    expect(remaining(fleet, 'r1', 8)).toBe(2);
    expect(fleet.audit.story({ entity: 'brake' })).toEqual([]);
  });
});

test('a brake that cannot be read permits no expiry, and is reported', async () => {
  const fleet = new FleetInMemory();
  const { r1 } = await given(fleet, { r1: 3 });
  const { directory } = fleet.directory();
  fleet.byHand('brake.r1', '{"v":99}');
  await killSome(fleet, r1, 1);
  await fleet.advance(graceOver(fleet) + minutes(1));
  expect(fleet.phase('r1-0/a')).toMatch(/^live, /);
  expect(directory.unreadable()).toMatchObject([{ key: 'brake.r1' }]);
});
