import { expect, test } from 'vitest';
import { diagnoseSettings } from '../../../src/cli/doctor/streams.ts';
import type { Inspection } from '../../../src/composition/store/open-inspection.ts';

/** An inspection that finds a compressed stream with so many copies. */
const compressed = (num_replicas: number): Inspection => {
  const stream = 'ROLLCALL_x_audit';
  const finding = { stream, setting: 'compression', found: 's2', wanted: 'none', dangerous: false };
  return {
    names: { namespace: 'x', keyframes: { stream: 'KV_rollcall_x_keyframes' } },
    unknownFormat: async () => undefined,
    unfinishedRestore: async () => undefined,
    findings: async () => [finding],
    stream: async () => ({ config: { name: stream, num_replicas } }),
  } as unknown as Inspection;
};

test('a compressed stream with replicas is wrong, with the command that mends it', async () => {
  expect(await diagnoseSettings(compressed(3))).toMatchObject([
    { level: 'wrong', mend: 'nats stream edit ROLLCALL_x_audit --compression none' },
  ]);
});

test('a compressed stream with one copy is a note', async () => {
  expect(await diagnoseSettings(compressed(1))).toMatchObject([
    { level: 'note', what: 'ROLLCALL_x_audit: compression is "s2", not "none"' },
  ]);
});
