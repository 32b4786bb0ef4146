import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer, type TestServer } from '../harness/nats-server.ts';
import { uiToken } from '../harness/processes.ts';
import { copyOfStore } from '../harness/store-copy.ts';
import { until } from '../harness/until.ts';

const web = (id: string) => [{ service: 'web', id }];

/** `rollcall ui`, and whether its state of now has a text. */
async function startDashboard(fleet: TestFleet) {
  const ui = fleet.start(['ui', '--port', '0']);
  const { dashboard } = await ui.ready;
  const headers = { authorization: `Bearer ${uiToken}` };
  const shows = async (text: string) =>
    (await (await fetch(new URL('/api/state', String(dashboard)), { headers })).text()).includes(
      text,
    );
  return { ui, shows };
}

/** The server loses its disk: it is killed, its files are removed, and it starts again. */
async function loseDisk(server: TestServer): Promise<void> {
  await server.kill('SIGKILL');
  await rm(server.storeDir, { recursive: true, force: true });
  await server.restart();
}

describe('a dashboard', () => {
  test('whose server lost its disk shows the new history', async () => {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    const { run } = await fleet.serving('h1', 'a', web('w'));
    const { shows } = await startDashboard(fleet);
    await until('it shows the run', () => shows(run));
    await loseDisk(server);
    const isNew = () => {
      const now = fleet.row('web', 'w')?.run;
      return now === run ? undefined : now;
    };
    const next = await until('the agent has a new run', isNew, 60_000);
    await until('it shows the new run', () => shows(next), 60_000);
    expect(await shows(run)).toBe(false);
  }, 180_000);

  test('whose store was put back to an older copy shows the copy and what follows', async () => {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.serving('h1', 'a', web('w'));
    await using copy = await copyOfStore(server);
    const lost = await fleet.serving('h2', 'lost', web('lost'));
    const { shows } = await startDashboard(fleet);
    await until('it shows both', async () => (await shows('"h1"')) && (await shows(lost.run)));
    lost.process.kill('SIGKILL');
    await copy.restore();
    const next = await fleet.serving('h3', 'c', web('c'));
    await until('it shows the next run', () => shows(next.run), 60_000);
    expect(await shows('"h1"')).toBe(true);
    await until('it does not show what is lost', async () => !(await shows(lost.run)), 60_000);
  }, 180_000);
});

test('a collector that is stopped while the store does not answer ends soon, with exit code 0', async () => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const collector = await fleet.collector();
  await collector.line(({ type }) => type === 'sighted');
  await server.kill('SIGKILL');
  const begun = performance.now();
  collector.kill('SIGTERM');
  expect(await collector.exited).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  await server.restart();
}, 120_000);
