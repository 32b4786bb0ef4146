import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const file = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));

async function shown(...argv: readonly string[]): Promise<readonly string[]> {
  const { io, out } = fakeTerminal();
  await runProgram(['audit', 'show', ...argv, '--file', file], io, { version: '0', starting() {} });
  return out;
}

test('the history of an instance shows when and why it was dubious through its owner', async () => {
  const lines = await shown('instance:web/w1');
  const at = lines.findIndex((line) => line.includes('owner h1/a suspected'));
  expect(lines[at]).toMatch(/live → live suspect {2}by /);
  expect(lines[at + 1]).toMatch(/^ {8}the instance is dubious: (silent|unreachable)$/);
  // In the order of the history, before the removal that follows.
  expect(lines.findIndex((line) => line.includes('removed '))).toBeGreaterThan(at);
  expect(lines.at(-1)).toContain('2 transitions');
});

test('as JSON it is only its own chain', async () => {
  const documents = (await shown('instance:web/w1', '--json')).map((line) => JSON.parse(line));
  expect(documents.map(({ of }) => of.entity)).toEqual(['instance', 'instance']);
});

test('the history of an agent has no such lines', async () => {
  expect((await shown('agent:h1/a')).join('\n')).not.toContain('the instance is');
});
