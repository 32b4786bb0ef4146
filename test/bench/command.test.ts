import { describe, expect, it } from 'vitest';
import { benchmarks } from '../../src/bench/benchmarks/all.ts';
import { runProgram } from '../../src/cli/program.ts';
import { fakeTerminal } from '../cli/support/fake-terminal.ts';

async function bench(...argv: readonly string[]) {
  const { io, out, err } = fakeTerminal();
  const code = await runProgram(['bench', ...argv], io, { version: '0', starting: () => {} }).catch(
    (cause: Error) => cause.message,
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('rollcall bench', () => {
  it('--help names every row', async () => {
    const { code, out } = await bench('--help');
    expect(code).toBe(0);
    for (const { name } of benchmarks) expect(out).toContain(name);
  });

  it('measures no row that there is not, and says which there are', async () => {
    const { code } = await bench('--only', 'removal,speed');
    expect(code).toContain('speed');
    for (const { name } of benchmarks) expect(code).toContain(name);
  });

  it('has rows with names of their own', () => {
    expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length);
  });
});
