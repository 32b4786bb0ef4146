import { expect } from 'vitest';
import { type Line, withCrafted } from '../harness/crafted.ts';
import { settled, test } from '../harness/visit.ts';

const hour = 3_600_000;
/** The suspicion and the return of cache-1, and those of web-1, which replace them. */
const replaced = new Map([
  [96, 101],
  [97, 117],
]);
/** Events up to this one are made two hours older. The return of web-2 is later. */
const old = 112;

/**
 * web-1 returns twice, two hours before the end; web-2 once, shortly before the end; web-3 died two hours before the end, and
 * returns at the end.
 */
const flapping = withCrafted((lines) =>
  lines
    .filter(({ seq }) => seq !== replaced.get(97))
    .map((line) => ({
      ...line,
      ...pickContent(lines.find(({ seq }) => seq === replaced.get(line.seq)) ?? line),
      storedAt: Number(line['storedAt']) - (line.seq <= old ? 2 * hour : 0),
    })),
);
const pickContent = ({ subject, event }: Line) => ({ subject, event });

test('agents that flap are sorted by the column that is clicked', async ({ open }) => {
  const { page } = await open(flapping.at());
  await settled(page);
  await page.getByText(/agents returned from suspicion or death in the last 24 h/).click();
  const table = page.locator('.flaps table');
  const sorted = async () => ({
    by: await table.locator('th[aria-sort=descending]').textContent(),
    first: (await table.locator('tbody tr').allTextContents()).slice(0, 3),
  });
  await expect.poll(sorted).toEqual({
    by: 'last hour',
    first: [
      expect.stringMatching(/^web-3\/web11\d\d:/),
      expect.stringMatching(/^web-2\/web11\d\d:/),
      expect.stringMatching(/^web-1\/web02\d\d:/),
    ],
  });
  await table.getByRole('button', { name: 'last 24 h' }).click();
  await expect.poll(sorted).toEqual({
    by: 'last 24 h',
    first: [
      expect.stringMatching(/^web-1\/web02/),
      expect.stringMatching(/^web-3\/web11/),
      expect.stringMatching(/^web-2\/web11/),
    ],
  });
  await table.getByRole('button', { name: 'last return' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(sorted).toMatchObject({
    by: 'last return',
    first: [
      expect.stringMatching(/^web-3/),
      expect.stringMatching(/^web-2/),
      expect.stringMatching(/^/),
    ],
  });
});
