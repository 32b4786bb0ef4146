import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowAt, rowIn, testRows } from './lint-cases.ts';
import { checkout, overrides } from './run-biome.ts';

/**
 * Who may import whom, as a table: what a folder is allowed, and what it must be refused.
 *
 * The refusals name each neighbour that a file could plausibly reach for.
 */
const layers: Record<string, { allowed: readonly string[]; refused: readonly string[] }> = {
  'src/domain': {
    allowed: ['./time.ts', 'zod', '@noble/hashes/sha2.js'],
    refused: [
      'node:crypto',
      'xstate',
      'pino',
      '@nats-io/kv',
      '../../machines/run.ts',
      '../ports/clock.ts',
      '../runtime/step.ts',
      '../adapters/memory/clock.ts',
      '../index.ts',
    ],
  },
  machines: {
    allowed: ['./run.ts', 'xstate', '../src/domain/time.ts'],
    refused: [
      'node:timers',
      'zod',
      'xstate/graph',
      '../src/ports/clock.ts',
      '../src/runtime/step.ts',
      '../src/adapters/nats/leases.ts',
    ],
  },
  'src/charts': {
    allowed: ['./chart.ts', 'xstate', '@noble/hashes/sha2.js'],
    refused: ['node:fs', 'zod', '../ports/log.ts', '../runtime/step.ts', '../adapters/nats/kv.ts'],
  },
  'src/ports': {
    allowed: ['./clock.ts', '../domain/time.ts'],
    refused: [
      'node:events',
      'zod',
      'xstate',
      '@nats-io/kv',
      '../../machines/run.ts',
      '../runtime/step.ts',
      '../adapters/memory/clock.ts',
    ],
  },
  'src/runtime': {
    allowed: [
      './step.ts',
      'xstate',
      '../../machines/run.ts',
      '../domain/time.ts',
      '../ports/clock.ts',
      '../charts/chart.ts',
    ],
    refused: [
      'node:timers/promises',
      'pino',
      '@nats-io/jetstream',
      '../adapters/memory/clock.ts',
      '../cli/main.ts',
      '../index.ts',
    ],
  },
  'src/adapters/nats': {
    allowed: ['./leases.ts', '@nats-io/kv', '../../domain/time.ts', '../../ports/leases.ts'],
    refused: [
      'node:fs',
      'pino',
      '../memory/leases.ts',
      '../../runtime/step.ts',
      '../../../machines/run.ts',
    ],
  },
  'src/adapters/memory': {
    allowed: ['./leases.ts', '../../domain/time.ts', '../../ports/leases.ts'],
    refused: ['node:events', '@nats-io/kv', '../nats/leases.ts', '../../runtime/step.ts'],
  },
  'src/adapters/system': {
    allowed: [
      './clock.ts',
      'pino',
      'node:os',
      'node:timers/promises',
      '../../domain/time.ts',
      '../../ports/clock.ts',
    ],
    refused: ['zod', '@nats-io/kv', '../nats/leases.ts', '../../runtime/step.ts'],
  },
  'src/adapters/files': {
    allowed: [
      './instances.ts',
      'yaml',
      'zod',
      'node:path',
      'node:fs/promises',
      '../../domain/names.ts',
      '../../ports/log.ts',
    ],
    refused: ['pino', '@nats-io/kv', '../system/log.ts', '../../cli/main.ts'],
  },
  'src/adapters/embedded': {
    allowed: [
      './binary.ts',
      'zod',
      'node:path',
      'node:stream/promises',
      '../../domain/time.ts',
      '../../ports/log.ts',
    ],
    refused: ['yaml', '@nats-io/kv', '../nats/leases.ts', '../../runtime/step.ts'],
  },
  'src/adapters/metrics': {
    allowed: [
      './families.ts',
      '@prometheus-io/client',
      'node:http',
      '../../domain/time.ts',
      '../../ports/meters.ts',
    ],
    refused: ['zod', 'pino', 'node:timers/promises', '../system/clock.ts', '../../runtime/view.ts'],
  },
  'src/adapters/layout': {
    allowed: [
      './elk-worker.ts',
      'elkjs/lib/elk.bundled.js',
      'node:worker_threads',
      '../../charts/chart.ts',
      '../../domain/fault.ts',
    ],
    refused: ['zod', 'xstate', '@nats-io/kv', '../system/clock.ts', '../../runtime/step.ts'],
  },
  'src/dashboard': {
    allowed: ['./wire.ts', '../domain/time.ts'],
    refused: ['node:http', 'zod', 'preact', '../ports/audit.ts', './server/routes.ts'],
  },
  'src/dashboard/server': {
    allowed: [
      './routes.ts',
      '../wire.ts',
      'node:http',
      'node:timers/promises',
      'zod',
      'xstate',
      '../../domain/time.ts',
      '../../ports/audit.ts',
      '../../runtime/replay.ts',
      '../../charts/chart.ts',
    ],
    refused: [
      'preact',
      'elkjs',
      '@nats-io/kv',
      '../page/main.tsx',
      '../../adapters/nats/audit.ts',
      '../../cli/compose.ts',
      '../../../test/golden/stage.ts',
    ],
  },
  'src/dashboard/page': {
    allowed: [
      './main.tsx',
      './parts/bar.tsx',
      '../wire.ts',
      '../chronicle.ts',
      'preact',
      'preact/hooks',
      '@preact/signals',
      '../../domain/time.ts',
      '../../charts/stylesheet.ts',
      '../../charts/theme.ts',
    ],
    refused: [
      'node:http',
      'xstate',
      'zod',
      '../server/routes.ts',
      '../../runtime/replay.ts',
      '../../ports/audit.ts',
      '../../charts/chart.ts',
      '../../cli/io.ts',
    ],
  },
  'src/cli': {
    allowed: ['./compose.ts', 'commander', 'node:fs', '../domain/time.ts', '../runtime/step.ts'],
    refused: ['../adapters/nats/leases.ts', '../arbitrary/names.ts', 'node:process'],
  },
  'src/cli/commands': {
    allowed: ['../io.ts', 'picocolors', '../../runtime/step.ts', '../../bench/bench.ts'],
    refused: ['../../adapters/nats/leases.ts', '../../../test/sim/cluster.ts', 'node:process'],
  },
  'src/bench': {
    allowed: ['./floor.ts', 'node:perf_hooks', '../adapters/nats/leases.ts', '../runtime/step.ts'],
    refused: ['../../test/real/harness/server.ts'],
  },
};

/** Single files with a rule of their own, named like a folder above. */
const roots: typeof layers = {
  'src/composition/compose.ts': {
    allowed: ['../adapters/nats/leases.ts', '../adapters/memory/leases.ts', '../runtime/step.ts'],
    refused: ['../../test/sim/cluster.ts', 'node:process'],
  },
  'src/cli/main.ts': {
    allowed: ['./compose.ts', 'commander'],
    refused: ['../adapters/nats/leases.ts', '../../test/sim/cluster.ts', 'node:process'],
  },
  'src/index.ts': {
    allowed: ['./adapters/nats/leases.ts', './runtime/step.ts', './domain/time.ts'],
    refused: ['../test/sim/cluster.ts', 'node:process'],
  },
};

const restricted = 'style/noRestrictedImports';

function importing(specifiers: readonly string[]) {
  const lines = specifiers.map((from, n) => `import { a as a${n} } from '${from}';`);
  return `${lines.join('\n')}\nexport const all = [${specifiers.map((_, n) => `a${n}`).join(', ')}];\n`;
}

const layerRows = Object.entries({ ...layers, ...roots }).flatMap(
  ([place, { allowed, refused }]) => {
    const row = place.endsWith('.ts') ? rowAt : rowIn;
    return [
      row(place, `${place} may import ${allowed.join(', ')}`, importing(allowed)),
      ...refused.map((specifier) =>
        row(place, `${place} must not import ${specifier}`, importing([specifier]), restricted),
      ),
    ];
  },
);

const outside = "'../ports/clock.ts'";
const domain = 'src/domain';

describe('imports, under our settings of Biome', () => {
  testRows([
    ...layerRows,
    rowIn(
      'test/real',
      'a test imports whatever it tests',
      importing([
        'node:os',
        '../../src/adapters/nats/leases.ts',
        '../../machines/run.ts',
        'vitest',
      ]),
    ),
    rowIn(domain, 'an import for its effect is an import', `import ${outside};\n`, restricted),
    rowIn(
      domain,
      'import type is an import',
      `import type { A } from ${outside};\nexport type B = A;\n`,
      restricted,
    ),
    rowIn(
      domain,
      'import() is an import',
      `export const a = () => import(${outside});\n`,
      restricted,
    ),
    rowIn(
      domain,
      'export from is an import',
      `export { a } from ${outside};\n`,
      restricted,
      'performance/noBarrelFile',
    ),
  ]);
});

describe('the table of imports is complete', () => {
  test('every override about imports has its rows', async () => {
    const places = (await overrides())
      .filter(({ linter }) => linter.rules.style?.noRestrictedImports)
      .flatMap(({ includes }) => includes)
      .map((include) => include.replace(/^!/, '').replace(/\/(\*\*|\*\.ts)$/, ''));
    const tabled = Object.keys({ ...layers, ...roots });
    expect(places.filter((place) => !tabled.includes(place))).toEqual([]);
  });

  test('every folder of the source has its rows', async () => {
    const folders = async (within: string) =>
      (await readdir(join(checkout, within), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${within}/${entry.name}`);
    const present = [...(await folders('src')), ...(await folders('src/adapters'))];
    expect(present.filter((each) => each !== 'src/adapters' && !layers[each])).toEqual([]);
  });
});
