import { describe, expect, it } from 'vitest';
import { benchmarkNames } from '../../src/cli/commands/bench.ts';
import { runProgram } from '../../src/cli/program.ts';
import { benchmarks } from '../../tools/bench/benchmarks/all.ts';
import { fakeTerminal } from '../cli/support/fake-terminal.ts';

async function bench(...argv: readonly string[]) {
  const { io, out, err } = fakeTerminal();
  const code = await runProgram(['bench', ...argv], io, { version: '0', starting: () => {} }).catch(
    (cause: Error) => cause.message,
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('rollcall bench', () => {
  it('names every benchmark in --help', async () => {
    const { code, out } = await bench('--help');
    expect(code).toBe(0);
    for (const { name } of benchmarks) expect(out).toContain(name);
  });

  it('rejects an unknown benchmark and lists those that exist', async () => {
    const { code } = await bench('--only', 'removal,speed');
    expect(code).toContain('speed');
    for (const { name } of benchmarks) expect(code).toContain(name);
  });

  it('accepts exactly the names of the benchmarks', () => {
    expect(benchmarks.map(({ name }) => name)).toEqual([...benchmarkNames]);
    expect(new Set(benchmarkNames).size).toBe(benchmarkNames.length);
  });
});
