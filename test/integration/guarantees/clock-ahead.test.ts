import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hours } from '../../../src/domain/time.ts';
import { command } from '../cli/support/run-command.ts';
import { timing } from '../harness/fleet.ts';
import { throughout, until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const preload = fileURLToPath(new URL('../fixtures/shifted-clock.mjs', import.meta.url));
const off = (by: number) => ({
  NODE_OPTIONS: `--import=${pathToFileURL(preload)}`,
  SHIFT_CLOCK: `${by}`,
});
const [ahead, behind] = [off(hours(3)), off(-hours(3))];

describe('a collector whose clock is 3 h ahead', () => {
  it('ends no hold, logs this, and is named by doctor; the agent under the hold is not removed', async () => {
    await using fleet = await world.fleet();
    const wrong = fleet.start(
      ['collector', '--host', 'ahead', '--ttl', '2s', '--grace', '1s'],
      ahead,
    );
    await wrong.line((line) => line['type'] === 'sighted');
    await fleet.collector('right');
    const { process, run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    await fleet.start(['hold', 'h1', '--for', '1h']).exited;
    process.kill('SIGKILL');
    await until('it is suspect', () =>
      fleet.directory.agents().some(({ state }) => state === 'suspect'),
    );
    await throughout(
      'its record stands',
      () => fleet.directory.agents().some((row) => row.run === run && row.state === 'suspect'),
      3 * (timing.ttl + timing.grace),
    );
    const types = (await fleet.history()).map(({ event }) => event.type);
    expect(types).toContain('planned');
    expect(types).not.toContain('ran-out');
    expect(wrong.stderr).toContain('clock-differs');
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const { out, code } = await command(['doctor', ...where]);
    expect(out).toMatch(/✕ clocks +the clock of host ahead is 3 h ahead of the server's/);
    expect(code).toBe(1);
  });
});

describe('an agent whose clock is 3 h ahead', () => {
  it('is named by doctor, by the times in its last events', async () => {
    await using fleet = await world.fleet();
    const name = ['--host', 'early', '--name', 'a', '--no-collect'];
    await fleet.start(['agent', ...name], ahead).ready;
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    await until('its events are in the audit', async () => (await fleet.history()).length > 0);
    const { out, code } = await command(['doctor', ...where]);
    expect(out).toMatch(/the clock of host early is about 3 h ahead of the server's/);
    expect(code).toBe(1);
  });
});

describe('a hold', () => {
  it('that is set on a machine whose clock is 3 h ahead ends by the time of the server', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const set = fleet.start(['hold', 'h1', '--for', '3s', '--ahead'], ahead);
    const { until: end } = await set.line(({ event }) => event === 'hold');
    expect(end).toBeLessThan(Date.now() + hours(1));
    await until('the hold is over', async () =>
      (await fleet.history()).some(({ event }) => event.type === 'ran-out'),
    );
  });
});

describe('a command on a machine whose clock is wrong by 3 h', () => {
  it('shows ages by the time of the server: ps, agents, hosts and gc plan', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const { process } = await fleet.serving('h1', 'held', []);
    await fleet.start(['hold', 'h1', '--for', '90m']).exited;
    process.kill('SIGKILL');
    await until('it is suspect', () =>
      fleet.directory.agents().some(({ state }) => state === 'suspect'),
    );
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
    const commands = [['ps'], ['agents'], ['hosts'], ['gc', 'plan']];
    for (const env of [ahead, behind]) {
      const shown = commands.map((name) => command([...name, ...where], env));
      for (const { out } of await Promise.all(shown)) {
        expect(out).toMatch(/\bh1\b/);
        expect(out).toMatch(/(?:<1|\d+) s\b/);
        // The hold ends in less than 90 min.
        expect(out).not.toMatch(/\b[2-5] h\b|-\d+ h/);
      }
    }
  });
});
