import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { TestFleet } from '../../integration/harness/fleet.ts';
import { withServer } from '../../integration/harness/with-server.ts';
import { seriousInBoth } from '../harness/axe.ts';
import { addressOf } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const world = withServer();

/** Limits the stored history to a part of its bytes, as a fleet policy does. */
async function keep(fleet: TestFleet, part: number): Promise<{ first: number; last: number }> {
  const { audit } = fleet.store;
  const { last } = await audit.range();
  const wire = await connect({ servers: fleet.url });
  const { auditStream } = subjectNamesOf(Namespace.parse(fleet.namespace));
  const { state } = await (await jetstreamManager(wire)).streams.info(auditStream);
  await wire.close();
  await audit.limit({ maxBytes: Math.ceil(state.bytes * part) }, last);
  return audit.range();
}

test('events removed by retention are shown as gone and not counted', async ({ open }) => {
  await using fleet = await world.fleet();
  for (const host of ['h1', 'h2', 'h3']) {
    await fleet.serving(host, 'a', [{ service: 'web', id: `w-${host}` }]);
  }
  await fleet.history();
  const { first, last } = await keep(fleet, 0.3);
  expect(first).toBeGreaterThan(5);
  await using visit = await open(await addressOf(fleet.start(['ui', '--port', '0'])));
  const { page } = visit;
  await settled(page);
  const controls = page.locator('.transport .controls');
  const gone = `${first - 1} events missing and not counted`;
  await expect
    .poll(() => controls.textContent())
    .toContain(`${last - first + 1} transitions · ${gone}`);
  await page.goto(new URL('#/entity?of=agent/h3/a', page.url()).href);
  const row = page.locator('.history').getByTestId('gap');
  await expect.poll(() => row.textContent()).toContain(`seq 1–${first - 1} are gone (retention)`);
  expect(await seriousInBoth(page)).toEqual([]);
});

test('events removed during a lost connection are shown as gone, and later ones are present', async ({
  open,
}) => {
  await using fleet = await world.fleet();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const ui = fleet.start(['ui', '--port', '0']);
  const address = await addressOf(ui);
  const refused = /ERR_|Failed to load resource/;
  await using visit = await open(`${address}#/timeline`, { may: refused });
  const { page } = visit;
  await settled(page);
  const seen = (await fleet.history()).at(-1)?.seq ?? 0;
  ui.kill('SIGKILL');
  await page.getByTestId('stale').waitFor({ timeout: 30_000 });
  await fleet.serving('h2', 'b', [{ service: 'web', id: 'w2' }]);
  await fleet.serving('h3', 'c', [{ service: 'web', id: 'w3' }]);
  await fleet.history();
  // Each agent wrote a third: the events of h1 go, and those of h3 stay, with the one that shows its run.
  const { first, last } = await keep(fleet, 0.5);
  expect(first).toBeGreaterThan(seen + 1);
  const again = fleet.start(['ui', '--port', new URL(address).port]);
  await again.ready;
  await page.getByTestId('stale').waitFor({ state: 'detached', timeout: 30_000 });
  // The events in memory do not join the new ones, so the page reloads and shows the gap before them.
  const controls = page.locator('.transport .controls');
  await expect
    .poll(() => controls.textContent(), { timeout: 30_000 })
    .toContain(`${last - first + 1} transitions · ${first - 1} events missing and not counted`);
  await page.goto(new URL('#/fleet', page.url()).href);
  await page.locator('.cell[aria-label^="h3/c: dubious"]').waitFor({ timeout: 30_000 });
});
