import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { historyFile } from '../../../src/adapters/files/history-file.ts';
import { locateMoment } from '../../../src/cli/audit/locate-moment.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const file = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));
const now = new Date(2026, 10, 30, 13, 20).getTime();

async function locate(text: string) {
  const { io, err } = fakeTerminal();
  const found = await locateMoment('at', text, historyFile(file), io, now);
  return { found, said: err.join('\n') };
}

it('a time of day that is later than now is of yesterday, and a note says so', async () => {
  const { found, said } = await locate('23:59');
  expect(found).toEqual({ at: new Date(2026, 10, 29, 23, 59).getTime() });
  expect(said).toMatch(/note.*: --at 23:59 is of yesterday: 2026-11-29 23:59:00 \S+$/);
  for (const text of ['13:10', 'yesterday 23:59', '29 Nov 23:59:00', '10m ago', '3'])
    expect([text, (await locate(text)).said]).toEqual([text, '']);
});

it('a time of day that comes within an hour is refused', async () => {
  await expect(locate('14:05')).rejects.toThrow("--at '14:05' is a time that is still to come");
  await expect(locate('14:05')).rejects.toMatchObject({
    hint: "for the day before: --at 'yesterday 14:05'",
  });
  expect((await locate('14:20:01')).found).toEqual({
    at: new Date(2026, 10, 29, 14, 20, 1).getTime(),
  });
});
