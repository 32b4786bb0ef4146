/**
 * Compares the CPU time of importing the built library with that of importing the packages it needs:
 * `npm run build && npm run bench:import`. Alternates the variants; prints medians in ms.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import process, { stdout } from 'node:process';
import { median } from './bench/statistics.ts';

const runs = 20;
const entry = resolve('dist/src/index.js');

/** The packages that a built file imports statically, itself and through other files. */
function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(
    /^(?:import|export)\b[^;'"=(]*['"]([^'"]+)['"]/gm,
  )) {
    if (specifier.startsWith('.')) {
      for (const name of packagesOf(resolve(dirname(file), specifier), seen)) packages.add(name);
    } else if (!isBuiltin(specifier)) packages.add(specifier);
  }
  return packages;
}

/** User and system time of a process that imports these, in ms. */
function cpuOf(specifiers: readonly string[]): number {
  const imports = specifiers.map((one) => `await import(${JSON.stringify(one)});`).join('');
  const program = `${imports}const { user, system } = process.cpuUsage();
    process.stdout.write(String((user + system) / 1000)); process.exit();`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
  return Number(child.stdout);
}

const packages = [...packagesOf(entry)].sort();
const variants = { node: [], packages, library: [entry] };
const samples: Record<keyof typeof variants, number[]> = { node: [], packages: [], library: [] };
for (let n = 0; n < runs; n += 1) {
  for (const name of ['node', 'packages', 'library'] as const) {
    samples[name].push(cpuOf(variants[name]));
  }
}
const medians = {
  node: median(samples.node),
  packages: median(samples.packages),
  library: median(samples.library),
};
const ratio = medians.library / medians.packages;
const net = (medians.library - medians.node) / (medians.packages - medians.node);
stdout.write(`packages: ${packages.join(', ')}\n`);
stdout.write(`${runs} runs, load ${loadavg()[0]?.toFixed(1)}\n`);
for (const [name, ms] of Object.entries(medians)) stdout.write(`${name} ${ms.toFixed(1)} ms\n`);
stdout.write(`library / packages: ${ratio.toFixed(2)}; without Node itself: ${net.toFixed(2)}\n`);
