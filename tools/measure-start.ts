/**
 * Compares the start of the command with an empty Node, and with the connection of the bare client:
 * `npm run build && npm run bench:start -- --servers nats://127.0.0.1:4222`, with the login of `rollcall ps` in the
 * environment. Alternates the variants; prints medians. CPU time is user and system time of the process, which
 * load changes less than wall time. The limits are in docs/explanation/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process, { argv, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { median } from './bench/statistics.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    servers: { type: 'string', default: 'nats://127.0.0.1:4222' },
    user: { type: 'string' },
    password: { type: 'string' },
    runs: { type: 'string', default: '20' },
  },
});
const { servers, user, password } = values;
const runs = Number(values.runs);
const rollcall = resolve('dist/src/cli/start.js');
const login = user === undefined ? [] : ['--user', user, '--password', password ?? ''];

const bare = `const { connect } = await import('@nats-io/transport-node');
  const connection = await connect(${JSON.stringify({ servers: servers.split(','), ...(user !== undefined && { user, pass: password }) })});
  await connection.flush(); await connection.close();`;

const variants = {
  'node -e 0': ['-e', '0'],
  'rollcall --version': [rollcall, '--version'],
  'rollcall --help': [rollcall, '--help'],
  'bare client connects': ['--input-type=module', '-e', bare],
  'rollcall ps': [rollcall, 'ps', '--servers', servers, ...login],
} as const;
type Variant = keyof typeof variants;
const names = Object.keys(variants) as Variant[];

/** Each process writes its CPU time to this descriptor when it exits. */
const folder = mkdtempSync(join(tmpdir(), 'rollcall-start-'));
const hook = join(folder, 'cpu.cjs');
writeFileSync(
  hook,
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); require('node:fs').writeSync(3, String((user + system) / 1000)); });\n",
);

/** Wall and CPU time of a process in ms. @throws {Error} if it fails */
function timesOf(name: Variant): { readonly wall: number; readonly cpu: number } {
  const began = performance.now();
  const child = spawnSync(process.execPath, ['--require', hook, ...variants[name]], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const wall = performance.now() - began;
  if (child.status !== 0) throw new Error(`${name}: exit code ${child.status}\n${child.stderr}`);
  return { wall, cpu: Number(child.output[3]) };
}

const samples = Object.fromEntries(
  names.map((name) => [name, { wall: [], cpu: [] }]),
) as unknown as Record<Variant, { readonly wall: number[]; readonly cpu: number[] }>;
try {
  // The first start fills the caches of the file system and of compiled code.
  for (const name of names) timesOf(name);
  for (let n = 0; n < runs; n += 1) {
    for (const name of names) {
      const { wall, cpu } = timesOf(name);
      samples[name].wall.push(wall);
      samples[name].cpu.push(cpu);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
const cpuOf = (name: Variant) => median(samples[name].cpu);
stdout.write(`Node ${process.versions.node}, ${runs} runs, load ${loadavg()[0]?.toFixed(1)}\n`);
for (const name of names) {
  const wall = median(samples[name].wall);
  stdout.write(`${name}: ${cpuOf(name).toFixed(0)} ms of CPU, ${wall.toFixed(0)} ms\n`);
}
const ratios = [
  ['rollcall --version', 'node -e 0', 3],
  ['rollcall --help', 'node -e 0', 3],
  ['rollcall ps', 'bare client connects', 2],
] as const;
for (const [name, other, limit] of ratios) {
  const ratio = cpuOf(name) / cpuOf(other);
  const verdict = ratio <= limit ? 'within' : 'above';
  stdout.write(`${name} / ${other}: ${ratio.toFixed(2)}, ${verdict} the limit of ${limit}\n`);
  if (ratio > limit) process.exitCode = 1;
}
