import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type TestFleet, timing } from '../../harness/fleet.ts';
import { type RollcallProcess, startScript } from '../../harness/processes.ts';

const bundle = new URL('../../../fixtures/older-program/rollcall.mjs.gz', import.meta.url);

/** The command line of the version of 2026-11-27, for the fleet of a test. */
export interface OlderProgram extends AsyncDisposable {
  start(args: readonly string[]): RollcallProcess;
  /** An agent that has registered. */
  serving(
    host: string,
    name: string,
    instancesFile: string,
    more?: readonly string[],
  ): Promise<RollcallProcess>;
  collector(): Promise<RollcallProcess>;
}

/** Unpacks the older program; docs/explanation/testing.md explains how its bundle was made. */
export async function openOlderProgram({
  url,
  namespace,
}: Pick<TestFleet, 'url' | 'namespace'>): Promise<OlderProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-older-'));
  const program = join(folder, 'rollcall.mjs');
  await writeFile(program, gunzipSync(await readFile(bundle)));
  const processes: RollcallProcess[] = [];
  const times = ['--ttl', `${timing.ttl / 1000}s`, '--grace', `${timing.grace / 1000}s`];
  const start = (args: readonly string[]) => {
    const where = ['--servers', url, '--namespace', namespace, '--json'];
    const process = startScript(program, [...args, ...where], {
      XDG_STATE_HOME: join(folder, 'state'),
    });
    processes.push(process);
    return process;
  };
  const ready = async (args: readonly string[]) => {
    const process = start(args);
    await process.ready;
    return process;
  };
  return {
    start,
    serving: (host, name, file, more = []) =>
      ready(['agent', '--host', host, '--name', name, '--instances', file, ...times, ...more]),
    collector: () => ready(['collector', '--host', 'watch', '--name', 'older', ...times]),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}
