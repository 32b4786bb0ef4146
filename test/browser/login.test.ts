import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { historyPath } from '../fixtures/golden/recording.ts';
import { rollcall } from '../integration/harness/processes.ts';
import { addressOf } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

test('a person without a cookie gets the form, and with the token the page, whose address has no token', async ({
  open,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-login-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const env = { XDG_STATE_HOME: folder, ROLLCALL_UI_TOKEN: '' };
  const shown = ['--file', historyPath('killed')];
  await using ui = rollcall(['ui', '--json', '--port', '0', ...shown], env);
  const address = await addressOf(ui);
  const token = await readFile(String((await ui.ready)['dashboardTokenFile']), 'utf8');
  await using visit = await open(address, { may: /401/ });
  const field = visit.page.getByLabel('Token');
  await field.fill('wrong');
  await visit.page.getByRole('button', { name: 'Open' }).click();
  await visit.page.getByRole('alert').waitFor();
  await field.fill(token.trim());
  await visit.page.getByRole('button', { name: 'Open' }).click();
  await settled(visit.page);
  expect(visit.page.url()).toBe(address);
});
