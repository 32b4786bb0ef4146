import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import type { TestFleet } from '../../harness/fleet.ts';
import { uiToken } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const main = fileURLToPath(new URL('../../../../src/cli/main.ts', import.meta.url));

/** Fills a pipe, so that the first line of the process finds it full. */
const fill = 'dd if=/dev/zero bs=65536 count=1 status=none';

/** Starts `rollcall …` in a shell line, where `ROLLCALL` stands for the command and its connection. */
function inShell(fleet: TestFleet, line: string): ChildProcess & AsyncDisposable {
  const where = `--servers ${fleet.url} --namespace ${fleet.namespace}`;
  const full = line.replace(/ROLLCALL (\S+)/, `'${process.execPath}' '${main}' $1 ${where}`);
  const child = spawn('bash', ['-c', full], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.resume();
  child.stderr?.resume();
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.pid === undefined) return;
      process.kill(-child.pid, 'SIGKILL');
      await once(child, 'exit');
    },
  });
}

const agent = '--host h1 --name a --ttl 2s --grace 1s';
const isLive = (fleet: TestFleet) => fleet.row('web', 'w')?.state === 'live';

describe('an agent', () => {
  it.each([
    ['whose output is on a full disk', 'AGENT >/dev/full 2>&1'],
    ['whose log is on a full disk', 'AGENT 2>/dev/full'],
    ['whose reader has gone', 'AGENT 2>&1 | head -1'],
    ['whose reader does not read', `(${fill}; AGENT 2>&1) | sleep 600`],
  ])('%s keeps running, and its instances stay live', async (_, line) => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const file = await fleet.instancesFile([{ service: 'web', id: 'w' }]);
    const options = `${agent} --instances ${file} --json --log-level debug`;
    await using shell = inShell(fleet, line.replace('AGENT', `ROLLCALL agent ${options}`));
    await until('it is live', () => isLive(fleet));
    // Several ttls: a process that waits for its log would not renew its lease.
    for (let n = 0; n < 8; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(fleet.row('web', 'w')).toBeDefined();
    }
    await until('it is live', () => isLive(fleet));
    expect(shell.exitCode).toBe(null);
    const history = await fleet.history();
    expect(history.filter(({ event }) => event.type === 'expired')).toEqual([]);
  });
});

describe('a wrapped process', () => {
  it.each([
    ['whose log is on a full disk', '>/dev/full 2>&1'],
    ['whose reader has gone', '2>&1 | head -1'],
  ])('%s is started, and stays registered', async (_, output) => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const options = '--host h1 --service web --id w --ttl 2s --grace 1s --json';
    const line = `ROLLCALL run ${options} -- sleep 600 ${output}`;
    await using shell = inShell(fleet, line);
    await until('it is live', () => isLive(fleet));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await until('it is live', () => isLive(fleet));
    expect(shell.exitCode).toBe(null);
  });
});

const outputs = [
  ['whose log is on a full disk', '>/dev/full 2>&1'],
  ['whose reader has gone', '2>&1 | head -1'],
] as const;

describe('a collector', () => {
  it.each(outputs)('%s removes the records of dead agents', async (_, output) => {
    await using fleet = await world.fleet();
    const options = '--host watch --ttl 2s --grace 1s --json --log-level debug';
    await using shell = inShell(fleet, `ROLLCALL collector ${options} ${output}`);
    for (const name of ['a', 'b']) {
      const { process: killed } = await fleet.serving('h1', name, [{ service: 'web', id: name }]);
      killed.kill('SIGKILL');
      await fleet.standing();
    }
    expect(shell.exitCode).toBe(null);
  });
});

describe('a dashboard', () => {
  it.each(outputs)('%s answers, and follows the fleet', async (_, output) => {
    await using fleet = await world.fleet();
    const [port = 0] = await freePorts(1);
    const url = `http://127.0.0.1:${port}/api/state`;
    const token = `ROLLCALL_UI_TOKEN=${uiToken}`;
    await using shell = inShell(
      fleet,
      `${token} ROLLCALL ui --port ${port} --log-level debug ${output}`,
    );
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w' }]);
    await until('the dashboard shows the agent', () =>
      fetch(url, { headers: { authorization: `Bearer ${uiToken}` } }).then(
        async (answer) => (await answer.text()).includes('"h1"'),
        () => false,
      ),
    );
    expect(shell.exitCode).toBe(null);
  });
});

describe('a command that prints and ends', () => {
  it('reports that its output cannot be written, with exit code 1', async () => {
    await using fleet = await world.fleet();
    const shell = inShell(fleet, 'ROLLCALL policy --json > /dev/full');
    let errors = '';
    shell.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    const [code] = await once(shell, 'close');
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/cannot write to stdout: .*ENOSPC/),
    });
  });
});
