import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleNumbers } from '../../../src/domain/conformance/rules.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

const example = fileURLToPath(new URL('../../../docs/examples/agent.py', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-test-conform-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const conform = (file: string) =>
  rollcall(['conform', '--exec', `exec python3 ${file}`, '--json'], {
    ROLLCALL_NATS_SERVER: env['ROLLCALL_NATS_SERVER'],
    TMPDIR: folder,
  });

/** The numbers of the rules by their result, and the exit code. */
async function resultsOf(file: string) {
  await using process = conform(file);
  const code = await process.exited;
  const of = (result: string) =>
    process.lines.filter((line) => line['result'] === result).map((line) => line['rule']);
  return { code, failed: of('failed'), passed: of('passed'), printed: process.stderr };
}

/** The example agent with one defect. */
async function broken(name: string, find: string, replacement: string): Promise<string> {
  const text = await readFile(example, 'utf8');
  expect(text.split(find), `${name}: the line to break occurs once`).toHaveLength(2);
  const file = join(folder, `${name}.py`);
  await writeFile(file, text.replace(find, replacement));
  return file;
}

describe('rollcall conform', () => {
  it('finds that the example agent follows every rule', async () => {
    const { code, failed, passed, printed } = await resultsOf(example);
    expect(failed, printed).toEqual([]);
    expect(passed).toEqual(ruleNumbers);
    expect(code).toBe(0);
  });

  const defects: readonly (readonly [string, number, string, string])[] = [
    ['renews just before its ttl', 4, '>= TTL / 3', '>= TTL * 0.9'],
    ['uses its run id again', 12, 'secrets.token_hex(13), None', "'0123456789abcdef', None"],
    ['keeps its token at 0', 7, 'old[number] or revision', 'old[number]'],
    ['removes without a revision', 9, '(AGENT_KEY, {EXPECT: self.revision, ', '(AGENT_KEY, {'],
    [
      'deletes the record of another agent',
      10,
      '        if self.agent["phase"] == "registering":\n',
      '        self.bus.publish(AGENT_KEY + "x", {"KV-Operation": "PURGE"}, b"")\n        if self.agent["phase"] == "registering":\n',
    ],
    [
      'goes on after its lease was lost',
      17,
      'except Conflict:\n                self.lease = 0',
      'except Conflict:\n                self.sent = (time.monotonic(), time.time())',
    ],
  ];
  it.each(defects)('reports an agent that %s', async (name, rule, find, replacement) => {
    const file = await broken(name.replaceAll(' ', '-'), find, replacement);
    const { code, failed, printed } = await resultsOf(file);
    expect(failed, printed).toContain(rule);
    expect(code).toBe(1);
  });

  it('ends at once when it is interrupted, with its agents and its server', async () => {
    await using process = conform(example);
    await until('its first agent is done', () => process.stderr.includes(': done'));
    process.kill('SIGINT');
    expect(await process.exited).toBe(130);
    expect((await readdir(folder)).filter((name) => name.startsWith('rollcall-conform'))).toEqual(
      [],
    );
  });
});
