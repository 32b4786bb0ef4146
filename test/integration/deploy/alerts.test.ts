import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { programFor } from '../harness/programs.ts';
import { outputOf } from '../harness/run-program.ts';

const folder = fileURLToPath(new URL('../../../deploy/prometheus', import.meta.url));

test('the file of alerts is valid, and fires and rests as its tests say, by promtool', async (context) => {
  const promtool = await programFor(context, 'promtool');
  for (const what of [
    ['check', 'rules', 'rollcall-alerts.yaml'],
    ['test', 'rules', 'rollcall-alerts.test.yaml'],
  ]) {
    const { code, output } = await outputOf(promtool, what, { cwd: folder });
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  }
});
