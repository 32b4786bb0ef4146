import { expect } from 'vitest';
import { openNatsStore } from '../../src/adapters/nats/store.ts';
import type { ApiGuardResult } from '../../src/dashboard/api-types.ts';
import { HostId, Namespace } from '../../src/domain/identity/names.ts';
import { holdKey } from '../../src/domain/identity/registry-keys.ts';
import { readingAlone } from '../integration/harness/permissions.ts';
import { rollcall, uiToken } from '../integration/harness/processes.ts';
import { startConfigured } from '../integration/nats/support/configured-server.ts';
import { seriousInBoth } from './harness/axe.ts';
import { addressOf } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const ns = Namespace.parse('fleet');
const config = (storeDir: string) => `
jetstream: { store_dir: "${storeDir}" }
authorization: { users: [
  { user: deploy, password: deploy }
  { user: viewer, password: viewer, permissions: {
    publish: { allow: ${JSON.stringify(readingAlone(ns))} }
    subscribe: { allow: ["_INBOX.>"] } } }
] }`;

/** The error names the subject that the user may not publish to. */
const refused =
  /the NATS server does not let this dashboard's user do that: .*may not publish to \S*rollcall\S*fleet\S*hold\S*.*docs\/how-to\/permissions\.md/;

test('a user with read-only NATS permissions sees which action was refused, and nothing changes', async ({
  open,
}) => {
  await using server = await startConfigured(config);
  const as = (user: string) => [
    ...['--servers', server.url, '--namespace', ns, '--user', user, '--password', user],
  ];
  await using store = await openNatsStore({
    ...{ servers: [server.url], namespace: ns, name: 'test' },
    credentials: { user: 'deploy', pass: 'deploy' },
  });
  await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', '--json', ...as('deploy')]);
  await agent.ready;
  // One hold to release, and one that a sweep would end.
  for (const [host, time] of [
    ['h2', '10m'],
    ['h3', '1s'],
  ] as const) {
    await using hold = rollcall(['hold', host, '--for', time, '--ahead', ...as('deploy')]);
    expect(await hold.exited).toBe(0);
  }
  await using ui = rollcall(['ui', '--port', '0', '--json', ...as('viewer')]);
  await using visit = await open(await addressOf(ui), { may: /403/ });
  const { page } = visit;
  await settled(page);
  const stands = async () => {
    const events: string[] = [];
    for await (const { text } of store.audit.read(0)) events.push(text);
    const holds = ['h1', 'h2', 'h3'].map((host) => holdKey(HostId.parse(host)));
    return { events, holds: await Promise.all(holds.map((key) => store.registry.read(key))) };
  };
  const before = await stands();
  expect(before.holds.map(({ text }) => text !== undefined)).toEqual([false, true, true]);

  const perform = async (button: string, confirm: string) => {
    await page.getByRole('button', { name: button }).first().click();
    const reason = page.getByLabel('Reason (recorded in the audit)');
    if (confirm === 'Hold') await reason.fill('a new kernel');
    await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 30_000 });
    return page
      .locator('[role=status]')
      .filter({ hasText: /Refused|Done|known/ })
      .textContent({ timeout: 10_000 });
  };
  await page.locator('.cell').first().click();
  expect(await perform('Hold …', 'Hold')).toMatch(refused);
  expect(await seriousInBoth(page)).toEqual([]);
  await page.goto(new URL('#/gc', page.url()).href);
  expect(await perform('Sweep now …', 'Sweep')).toMatch(refused);

  const { origin } = new URL(page.url());
  for (const [action, body] of [
    ['hold', { host: 'h1', for: 60_000 }],
    ['release', { host: 'h2' }],
    ['sweep', {}],
  ] as const) {
    const answer = await fetch(new URL(`/api/actions/${action}`, origin), {
      method: 'POST',
      headers: {
        ...{ origin, authorization: `Bearer ${uiToken}` },
        'rollcall-request': `once-${action}`,
      },
      body: JSON.stringify(body),
    });
    const { code, message, hint } = (await answer.json()) as ApiGuardResult;
    expect([action, answer.status, code]).toEqual([action, 403, 'store-refused']);
    expect(`${message} ${hint}`).toMatch(refused);
  }
  expect(await stands()).toEqual(before);
});
