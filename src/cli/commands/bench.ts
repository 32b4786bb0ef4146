import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Access, connectionOptions } from '../../composition/store/access.ts';
import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import type { Exit } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { wholeNumber } from '../command/settings/whole-number.ts';
import type { Terminal } from '../terminal/io.ts';

/** The benchmarks of `tools/bench`, in the order in which they run. */
export const benchmarkNames = [
  'killed',
  'killed-unadvised',
  'frozen',
  'frozen-4s',
  'deaths',
  'removal',
  'restart',
  'leader',
  'heartbeat',
  'sign',
  'access',
  'directory',
  'directory-10k',
  'replace-100',
  'seat',
  'replay',
  'verify',
  'at',
  'haproxy',
  'haproxy-polite',
  'doors',
  'dns-load',
  'attached',
  'docker',
  'register',
  'register-10',
  'join',
  'renewal-server',
] as const;

export interface BenchSettings {
  /** Benchmarks to run; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly quick: boolean;
  /** How many agents the rows `join` and `renewal-server` start. */
  readonly agents: number;
  readonly json: boolean;
  /** The server to measure; undefined: a server that is started for the benchmarks and then removed. */
  readonly server: Omit<Access, 'namespace'> | undefined;
}

/** What `tools/bench/bench-command.ts` exports. */
export interface BenchProgram {
  runBenchCommand(settings: BenchSettings, io: Terminal): Promise<Exit>;
}

const rule = `one of ${benchmarkNames.join(', ')}; several separated by commas`;

export const bench = command({
  name: 'bench',
  summary: 'measure Rollcall and the bare server on this machine (only in a checkout)',
  settings: {
    only: {
      flag: '--only <rows>',
      description: rule,
      schema: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(benchmarkNames, { error: rule })))
        .optional(),
    },
    quick: { flag: '--quick', description: 'take fewer samples', schema: Switch },
    agents: {
      flag: '--agents <count>',
      description: 'how many agents join and renewal-server start, 1 to 2000',
      schema: wholeNumber(1, 2000).default(200),
    },
  },
  examples: [
    ['rollcall bench', 'run all benchmarks on a temporary nats-server'],
    ['rollcall bench --quick --only removal,heartbeat', 'run two benchmarks with few samples'],
    ['rollcall bench --servers nats://db-1:4222', 'measure this server, in a temporary namespace'],
  ],
  async run({ settings, io, serversGiven }) {
    const { only, quick, agents, json } = settings;
    const { namespace: _, ...server } = await connectionOptions(settings);
    const { runBenchCommand } = await importBenchProgram();
    return runBenchCommand(
      { only, quick, agents, json, server: serversGiven ? server : undefined },
      io,
    );
  },
});

/**
 * Imports the benchmarks, which are not part of the published package. The specifier is computed, so
 * that the build does not compile them.
 * @throws {Fault} `not-found` outside a checkout
 */
async function importBenchProgram(): Promise<BenchProgram> {
  const file = new URL('../../../tools/bench/bench-command.ts', import.meta.url);
  if (existsSync(fileURLToPath(file))) return import(file.href);
  throw new Fault('not-found', 'the published package has no benchmarks', {
    hint: 'run `bin/rollcall bench` in a checkout of the repository',
  });
}
