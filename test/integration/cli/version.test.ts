import { versions } from 'node:process';
import { expect, it, vi } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import { startAgent } from '../../../src/index.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

async function version(line: string) {
  const { io, out } = fakeTerminal({ env: {} });
  const words = ['version', '--servers', world.server.url, ...line.split(' ').filter(Boolean)];
  const exit = await runProgram(words, io, { version: '0', starting: () => {} }).catch(
    (cause: unknown) => cause,
  );
  return { exit, out };
}

it('rollcall version names program, Node, server and namespace, and a namespace that is missing', async () => {
  await using _agent = await startAgent({
    ...{ servers: world.server.url, namespace: 'shop', host: 'h1', name: 'a' },
  });
  const text = await version('--namespace shop');
  expect(text.exit).toBe(0);
  expect(text.out.join('\n')).toMatch(
    new RegExp(
      `^rollcall +\\d\\S+, with Node ${versions.node}\nnats-server +2\\.\\S+, \\S+ at .*\nnamespace +shop$`,
    ),
  );
  const missing = await version('--namespace mistyped --json');
  expect(missing.exit).toMatchObject({ code: 'not-found' });
  expect(missing.out.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'version', node: versions.node, namespace: 'mistyped', server: null },
  ]);
});

it.each(['ps', 'agents', 'hosts', 'policy', 'doctor', 'gc plan', 'audit verify'])(
  'rollcall %s leaves no timer, which would keep the process alive after its last line',
  async (line) => {
    await (
      await startAgent({
        ...{ servers: world.server.url, namespace: 'timers', host: 'h1', name: 'a' },
      })
    ).stop();
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    try {
      const { io } = fakeTerminal({ env: {} });
      const where = ['--servers', world.server.url, '--namespace', 'timers'];
      await runProgram([...line.split(' '), ...where], io, { version: '0', starting: () => {} });
      const over = new Set(cleared.mock.calls.map(([timer]) => timer));
      const left = set.mock.results.flatMap(({ value }, n) => {
        const [, ms = 0] = set.mock.calls[n] ?? [];
        return ms >= 4000 && value.hasRef() && !over.has(value) ? [ms] : [];
      });
      expect(left).toEqual([]);
    } finally {
      set.mockRestore();
      cleared.mockRestore();
    }
  },
);
