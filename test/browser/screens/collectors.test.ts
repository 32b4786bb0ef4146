import { afterAll, beforeAll, expect } from 'vitest';
import { pageFiles } from '../../../src/cli/session/dashboard-assets.ts';
import { Assets } from '../../../src/dashboard/server/http/assets.ts';
import { InstanceId, ServiceName } from '../../../src/domain/identity/names.ts';
import {
  apiOf,
  runRef,
  served,
  transition,
  WrittenSource,
} from '../../dashboard/server/support/test-server.ts';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

/** A server that looks at the seats. */
class Seats extends WrittenSource {
  held: string[] = [];
  seen = new Map<string, number>();
  override now = (): number => Date.now();
  override seats = (): string[] => this.held;
  override seatSeen = (): Map<string, number> => this.seen;
}

const source = new Seats();
const sample = withRecording();
let server: Awaited<ReturnType<typeof served>>;
beforeAll(async () => {
  server = await served(apiOf(source), { assets: new Assets(await pageFiles()) });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Two collectors since ten minutes, a live run and a suspect one with two minutes of grace. */
function history(): void {
  const now = Date.now();
  const index = source.index();
  const suspect = transition(2, 'started', 'present.phase.live+present.sight.clear');
  const note = { ttl: 15_000, grace: 120_000 };
  for (const n of [8, 9]) {
    const entity = { entity: 'collector', ...runRef(n) } as const;
    const sighted = { ...transition(n, 'sighted', 'seated.watching'), entity };
    index.append(index.last + 1, now - 600_000, sighted);
    source.held.push(entity.run);
  }
  index.append(index.last + 1, now - 500_000, {
    ...transition(1, 'started', 'present.phase.live+present.sight.clear'),
    note,
  });
  index.append(index.last + 1, now - 500_000, {
    ...transition(1, 'registered', 'serving'),
    entity: {
      ...{ entity: 'instance', ...runRef(1) },
      ...{ service: ServiceName.parse('web'), id: InstanceId.parse('w1') },
    },
  });
  index.append(index.last + 1, now - 500_000, { ...suspect, note });
  index.append(index.last + 1, now - 1000, {
    ...suspect,
    type: 'suspected',
    to: 'present.phase.live+present.sight.suspect',
    note: { why: 'silent' },
  });
}

test('a collector that was killed does not watch, and without one no time of an expiry is shown', async ({
  open,
}) => {
  history();
  const [one = '', other = ''] = source.held;
  const { page } = await open(`${server.url}#/gc`);
  await settled(page);
  const headline = () => page.getByRole('region', { name: 'GC', exact: true }).textContent();
  const list = () => page.getByRole('region', { name: 'Collectors' }).textContent();
  await expect.poll(headline).toContain('2 collectors watching');
  expect((await list())?.match(/watching/g)).toHaveLength(2);
  const banner = page.getByTestId('no-collector');
  expect(await banner.count()).toBe(0);

  source.held = [other];
  source.seen = new Map([[one, Date.now() - 3000]]);
  await expect.poll(headline, { timeout: 10_000 }).toContain('1 collector watching');
  expect(await list()).toMatch(/●watchingh9\/a10 m.*·no seath8\/a\d s/);

  source.held = [];
  await expect.poll(headline, { timeout: 10_000 }).toContain('no collector');
  expect(await list()).toMatch(/no seath9\/aseen until \d\d:\d\d:\d\d/);
  await banner.waitFor();

  await page.getByRole('link', { name: 'Fleet', exact: true }).click();
  const issues = page.getByRole('region', { name: 'Needs attention' });
  await expect.poll(() => issues.textContent()).toMatch(/no collectorunobserved: 1 agent\d+ s/);
  const row = issues.locator('.issue').filter({ hasText: 'h2/a' });
  expect(await row.textContent()).toMatch(/not known: no collector/);
  expect(await row.textContent()).not.toMatch(/expires/);
  await row.click();
  const facts = page.locator('.drawer .facts');
  await expect.poll(() => facts.textContent()).toContain('nextnot known: no collector');

  await page.getByRole('link', { name: 'Services' }).click();
  await banner.waitFor();
  const service = page.locator('.service');
  await expect.poll(() => service.textContent()).toMatch(/0 live of 1.*; not known at this moment/);
});

test('before the first event, GC says that nothing is recorded', async ({ open }) => {
  const { page } = await open(sample.at('#/gc?at=2020-01-01T00:00:00Z'));
  await settled(page);
  const main = page.locator('main');
  await expect.poll(() => main.textContent()).toMatch(/Nothing is recorded before/);
  expect(await main.textContent()).not.toMatch(/no collector|Nothing is held back|No holds/);
});
