import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drawSchedule } from './schedule/schedule.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const sim = (...args: string[]) => spawnSync(execPath, [main, ...args], { encoding: 'utf8' });

test('a seed without violations exits 0 and prints the same report in every process', () => {
  const [one, other] = [sim('--seed', '8'), sim('--seed', '8')];
  expect(one.status).toBe(0);
  expect(one.stdout).toContain(' 0 violations');
  expect(one.stdout).toBe(other.stdout);
}, 60_000);

test('a schedule with a violation exits 1 and names the broken guarantee', () => {
  const { shape } = drawSchedule(8);
  const happenings = [{ after: 10, what: 'unexplained-record', whom: 'h1/a' }];
  const file = join(mkdtempSync(join(tmpdir(), 'rollcall-sim-')), 'planted.json');
  const peace = { after: 0, what: 'peace' };
  writeFileSync(file, JSON.stringify({ seed: 8, shape, happenings: [...happenings, peace] }));
  const { status, stdout } = sim('--schedule', file);
  expect(stdout).toContain('the audit explains the registry: ');
  expect(status).toBe(1);
}, 60_000);

test.each([
  ['--sedes', '3'],
  ['--seeds', 'many'],
])(
  'the argument %s %s is a usage error of the simulation',
  (...args) => {
    const { status, stderr } = sim(...args);
    expect(stderr).toContain('usage: npm run sim');
    expect(status).toBe(2);
  },
  60_000,
);
