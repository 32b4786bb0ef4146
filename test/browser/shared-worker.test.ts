import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { withServer } from '../integration/harness/with-server.ts';
import { addressOf } from './harness/dashboard.ts';
import { test } from './harness/visit.ts';

const world = withServer();
const run = promisify(execFile);

test('nine tabs are live over one shared stream', async ({ open }) => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const address = await addressOf(fleet.start(['ui', '--port', '0']));
  await using visit = await open(address);
  const { page, another } = visit;
  const tabs = [page];
  while (tabs.length < 9) tabs.push(await another());
  for (const tab of tabs) await tab.locator('.cell[aria-label^="h1/a: live"]').waitFor();
  await fleet.serving('h2', 'b', [{ service: 'web', id: 'w2' }]);
  for (const tab of tabs) await tab.locator('.cell[aria-label^="h2/b: live"]').waitFor();
  // A browser opens six connections per server: with one stream per tab, the seventh tab would hang.
  const { stdout } = await run('ss', [
    '-Htn',
    'state',
    'established',
    `sport = :${new URL(address).port}`,
  ]);
  expect(stdout.trim().split('\n').length).toBeLessThanOrEqual(6);
});
