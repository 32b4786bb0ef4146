import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { codeBlock } from '../../harness/code-block.ts';
import type { Program } from '../../harness/programs.ts';
import { type RunningProgram, runProgram } from '../../harness/run-program.ts';

/** HAProxy with the configuration of the documentation, and the flags of the driver that belongs to it. */
export interface TestHaproxy extends AsyncDisposable {
  readonly port: number;
  /** `rollcall sync haproxy …` for its socket and its backend `web`. */
  readonly driver: readonly string[];
  /** Ends it with SIGTERM and starts it again. */
  restart(): Promise<void>;
}

/** Starts HAProxy as documented; `adapt` changes the configuration. */
export async function startHaproxy(
  program: Program,
  folder: string,
  adapt: (config: string) => string = (config) => config,
): Promise<TestHaproxy> {
  const [port = 0] = await freePorts(1);
  const socket = join(folder, 'admin.sock');
  const state = join(folder, 'servers.state');
  const config = join(folder, 'haproxy.cfg');
  const documented = await codeBlock('docs/how-to/haproxy.md', 'haproxy');
  await writeFile(state, '');
  await writeFile(
    config,
    adapt(
      documented
        .replace('/run/haproxy/admin.sock', socket)
        .replace('/run/haproxy/servers.state', state)
        .replace('127.0.0.1:8080', `127.0.0.1:${port}`),
    ),
  );
  const start = (): RunningProgram => runProgram(program, ['-f', config, '-db']);
  let running = start();
  return {
    port,
    driver: ['sync', 'haproxy', '--socket', socket, '--backend', 'web', '--state-file', state],
    restart: async () => {
      running.kill('SIGTERM');
      await running[Symbol.asyncDispose]();
      running = start();
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** A server that answers each request with this text. */
export async function backend(text: string): Promise<Server> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
