import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { freePorts, portOf } from '../../../../tools/bench/environment/free-ports.ts';
import { samplesIn } from '../../../adapters/metrics/samples.ts';
import { type RollcallProcess, rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command, shell } from '../support/run-command.ts';

const world = withServer();

const urlOf = async (process: RollcallProcess): Promise<string> => {
  const { metrics } = await process.ready;
  return String(metrics);
};

/** One sample, as a scraper gets it; undefined if there is none yet. */
async function scraped(url: string, key: string): Promise<number | undefined> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return samplesIn(await response.text()).get(key);
}

describe('--metrics', () => {
  it('of an agent prints its address and counts renewals', async () => {
    await using fleet = await world.fleet();
    const agent = await fleet.agent('h1', 'a', [], ['--metrics', '0']);
    const url = await urlOf(agent);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const renewals = 'rollcall_renewals_total{lease="run",outcome="acknowledged"}';
    await until('a renewal is counted', async () => ((await scraped(url, renewals)) ?? 0) >= 1);
    const lateness = 'rollcall_renewal_lateness_seconds_count{lease="run"}';
    expect(await scraped(url, lateness)).toBeGreaterThanOrEqual(1);
    expect(await scraped(url, 'rollcall_seat_held')).toBe(0);
    agent.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('of a collector has the renewals of its seat and the age of its view', async () => {
    await using fleet = await world.fleet();
    const times = ['--ttl', '2s', '--grace', '1s'];
    const identity = ['--host', 'watch', '--name', 'c', ...times];
    const url = await urlOf(fleet.start(['collector', ...identity, '--metrics', '0']));
    const renewals = 'rollcall_renewals_total{lease="seat",outcome="acknowledged"}';
    await until('a renewal is counted', async () => ((await scraped(url, renewals)) ?? 0) >= 1);
    const age = await scraped(url, 'rollcall_view_age_seconds{view="collector"}');
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(5);
  });

  it('of rollcall run uses a port from the environment', async () => {
    await using fleet = await world.fleet();
    const [port] = await freePorts(1);
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
    const line = ['run', ...where, '--host', 'h1', '--service', 'web', '--', 'sleep', '60'];
    await using run = rollcall(line, { ROLLCALL_METRICS: `localhost:${port}` });
    const url = await urlOf(run);
    expect(new URL(url).port).toBe(String(port));
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(new URL('/', url))).status).toBe(404);
    run.kill('SIGTERM');
    await run.exited;
  });

  it('prints its address for people next to the output of the process', async () => {
    await using fleet = await world.fleet();
    const options = `--namespace ${fleet.namespace} --host h1 --service web --metrics 0`;
    const { out, err } = await shell(`rollcall run ${options} -- echo here`, fleet.url);
    expect(out).toBe('here\n');
    expect(err).toMatch(/metrics at http:\/\/127\.0\.0\.1:\d+\/metrics/);
  });

  it('of a port in use does not keep a process from starting, and is opened when it is free', async () => {
    await using fleet = await world.fleet();
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const port = portOf(other);
    const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
    const options = ['--host', 'h1', '--service', 'web', '--metrics', String(port)];
    await using run = rollcall(['run', ...where, ...options, '--', 'sleep', '60']);
    const ready = await run.ready;
    expect(ready['metrics']).toBeNull();
    await until('it is live', () => fleet.row('web', 'h1-web')?.health.state === 'serving');
    expect(run.stderr).toContain(
      `no metrics: port ${port} of 127.0.0.1 (--metrics) is already in use by another program`,
    );
    await new Promise((resolve) => other.close(resolve));
    const url = `http://127.0.0.1:${port}/metrics`;
    await until('the port is opened', () => run.stderr.includes(`metrics at ${url}`));
    const samples = samplesIn(await (await fetch(url)).text());
    const failures = samples.get('rollcall_listen_failures_total{endpoint="metrics"}');
    expect(failures).toBeGreaterThanOrEqual(1);
    run.kill('SIGTERM');
    expect(await run.exited).toBe(143);
  });

  it('of a wrong form ends the command with exit code 2', async () => {
    const { code, err } = await command(['collector', '--metrics', 'localhost']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('[HOST:]PORT') });
  });
});
