import { afterAll, beforeAll, expect } from 'vitest';
import { pageFiles } from '../../src/cli/session/dashboard-assets.ts';
import { Assets } from '../../src/dashboard/server/http/assets.ts';
import {
  apiOf,
  served,
  transition,
  WrittenSource,
} from '../dashboard/server/support/test-server.ts';
import { settled, test } from './harness/visit.ts';

/** A server whose clock differs from the browser's. */
class Elsewhere extends WrittenSource {
  behind = 0;
  override now = (): number => Date.now() - this.behind;
}

const source = new Elsewhere();
let server: Awaited<ReturnType<typeof served>>;
beforeAll(async () => {
  server = await served(apiOf(source), { assets: new Assets(await pageFiles()) });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A run that is silent since a second ago by the server's clock, with 30 s of grace. */
function suspectAt(now: number): void {
  const run = transition(2, 'started', 'present.phase.live+present.sight.clear');
  const index = source.index();
  const next = () => index.last + 1;
  index.append(next(), now - 60_000, { ...run, note: { ttl: 15_000, grace: 30_000 } });
  const to = 'present.phase.live+present.sight.suspect';
  index.append(next(), now - 1000, { ...run, type: 'suspected', to, note: { why: 'silent' } });
}

const banner = /This browser's clock is (.*) (ahead of|behind) the server's/;

test('a browser with clock skew shows the difference, and countdowns use the server’s clock', async ({
  open,
}) => {
  source.behind = 41_000;
  suspectAt(source.now());
  const { page } = await open(server.url);
  await settled(page);
  const told = await page.getByText(banner).textContent();
  expect(told).toMatch(/4[012] s ahead of/);
  // By the browser's own clock it would already be due.
  const next = await page.getByRole('region', { name: 'Needs attention' }).textContent();
  expect(next).toMatch(/expires in (2\d|30) s/);

  source.behind = -90_000;
  await expect
    .poll(() => page.getByText(banner).textContent(), { timeout: 10_000 })
    .toMatch(/1 m (29|30|31) s behind|1 m 30 s behind/);
  source.behind = 0;
  await page.getByText(banner).waitFor({ state: 'detached', timeout: 10_000 });
});
