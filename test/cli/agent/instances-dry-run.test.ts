import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

async function dryRun(text: string, ...more: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-instances-'));
  try {
    const file = join(folder, 'instances.yaml');
    await writeFile(file, text);
    const { io, out } = fakeTerminal();
    const argv = [
      'agent',
      '--host',
      'h1',
      '--name',
      'a',
      '--instances',
      file,
      '--dry-run',
      ...more,
    ];
    const code = await runProgram(argv, io, { version: '0', starting() {} });
    return { code, out };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const valid = `instances:
  - { service: web, id: w1, port: 8080, check: { tcp: '127.0.0.1:8080' } }
  - { service: db, id: d1 }
`;

test('agent --dry-run prints what a file would register, without a server', async () => {
  const { code, out } = await dryRun(valid);
  expect(code).toBe(0);
  expect(out[0]).toContain('web/w1  at 8080  check {');
  expect(out.slice(1)).toEqual([
    'db/d1  no check',
    '--dry-run: h1/a would register 2 instances; the file is valid',
  ]);
  const documents = (await dryRun(valid, '--json')).out.map((line) => JSON.parse(line));
  expect(documents).toMatchObject([
    { event: 'would-register', service: 'web', id: 'w1', host: 'h1', agent: 'a' },
    { service: 'db', check: null },
  ]);
});

test('agent --dry-run refuses a file with an error, and names its line', async () => {
  await expect(dryRun('instances:\n  - { servce: web }\n')).rejects.toThrow(/instances.yaml:2/);
});
