import {
  benchTiers,
  cliTiers,
  compositionTiers,
  domainTiers,
  natsTiers,
  runtimeTiers,
  webTiers,
} from './import-tiers.ts';

/**
 * What the files of one folder may import. Files of the same folder are always allowed.
 *
 * `folders`: folders from the root of the checkout; `a/**` includes all folders below `a`; a path that
 * ends in `.ts` is a single file. `packages`: npm packages and `node:` modules, `*` matches one segment.
 */
export interface ImportRule {
  readonly folders: readonly string[];
  readonly packages?: readonly string[];
  /** Packages refused although a pattern of `packages` matches them. */
  readonly except?: readonly string[];
}

const node = ['node:*', 'node:*/*'];
const hashes = '@noble/hashes/*';
const domain = 'src/domain/**';
const charts = 'src/charts/**';
const runtime = 'src/runtime/**';
const core = [domain, 'src/ports', runtime, charts];

const below = (parent: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${parent}/${name}`);

/**
 * Each folder may import the folders of its layer that come before it, and the layers below.
 * `earlier` gives all names before `name` in a list of tiers.
 */
const earlier = (parent: string, tiers: readonly (readonly string[])[], name: string) => {
  const own = tiers.findIndex((tier) => tier.includes(name));
  return below(parent, ...tiers.slice(0, own).flat());
};

const layer = (
  parent: string,
  tiers: readonly (readonly string[])[],
  rule: ImportRule,
): Record<string, ImportRule> =>
  Object.fromEntries(
    tiers
      .flat()
      .map((name) => [
        `${parent}/${name}`,
        { ...rule, folders: [...earlier(parent, tiers, name), ...rule.folders] },
      ]),
  );

const composition: ImportRule = {
  folders: [...core, 'src/adapters/**'],
  packages: ['xstate', 'zod', 'parse-duration', ...node],
  except: ['node:process'],
};

/** What a benchmark composes as the program does. */
const composed = ['src/composition', 'src/composition/instances', 'src/composition/store'];

const adapter = [domain, 'src/ports'];
const files = 'src/adapters/files';
const httpServer = 'src/adapters/http-server';
const server = [...adapter, httpServer];
const fileDoor = [...server, 'src/adapters/doors/http', 'src/adapters/files'];
const preact = ['preact', 'preact/*', '@preact/signals'];

/** Who may import whom, a row for each folder with source. `biome.imports.json` is generated from it. */
export const importRules: Readonly<Record<string, ImportRule>> = {
  machines: { folders: [domain], packages: ['xstate'] },
  'src/domain': { folders: [], packages: ['zod'] },
  ...layer('src/domain', domainTiers, { folders: ['src/domain'], packages: ['zod', hashes] }),
  'src/charts/model': { folders: [], packages: ['xstate', hashes] },
  ...layer('src/charts', [['diagram', 'text'], ['layout'], ['svg']], {
    folders: ['src/charts/model'],
  }),
  'src/ports': { folders: [domain] },
  ...layer('src/runtime', runtimeTiers, {
    folders: [domain, 'src/ports', charts, 'machines'],
    packages: ['xstate'],
  }),
  'src/adapters/chart-rendering': {
    folders: [...adapter, charts],
    packages: ['elkjs/lib/elk.bundled.js', '@resvg/resvg-js', ...node],
  },
  'src/adapters/certificates': { folders: adapter, packages: ['pkijs', 'asn1js', ...node] },
  'src/adapters/doors/dns': { folders: server, packages: ['dns-packet', ...node] },
  'src/adapters/doors/file': { folders: fileDoor, packages: ['liquidjs', ...node] },
  [httpServer]: { folders: adapter, packages: node },
  'src/adapters/doors/http': { folders: server, packages: ['zod', ...node] },
  'src/adapters/embedded/binary': { folders: adapter, packages: ['zod', ...node] },
  'src/adapters/embedded': {
    folders: [...adapter, 'src/adapters/embedded/binary', files],
    packages: ['zod', ...node],
  },
  [files]: { folders: adapter, packages: ['yaml', 'zod', ...node] },
  ...layer('src/adapters/memory', [['time'], ['server']], { folders: adapter }),
  'src/adapters/memory/time': { folders: adapter, packages: ['node:process'] },
  'src/adapters/memory': {
    folders: [...adapter, ...below('src/adapters/memory', 'time', 'server')],
  },
  'src/adapters/haproxy': { folders: adapter, packages: node },
  'src/adapters/docker': { folders: [...adapter, files], packages: ['zod', ...node] },
  'src/adapters/local-api': { folders: [...server, files], packages: ['zod', ...node] },
  'src/adapters/metrics': { folders: server, packages: ['@prometheus-io/client', ...node] },
  ...layer('src/adapters/nats', natsTiers, { folders: adapter, packages: ['@nats-io/*'] }),
  'src/adapters/nats/connection': {
    folders: [...adapter, 'src/adapters/nats/login'],
    packages: ['@nats-io/*', 'node:net', 'node:tls'],
  },
  'src/adapters/nats': {
    folders: [...adapter, ...below('src/adapters/nats', ...natsTiers.flat())],
    packages: ['@nats-io/*'],
  },
  'src/adapters/conformance': { folders: [...adapter, 'src/adapters/system'], packages: node },
  'src/adapters/system': { folders: adapter, packages: ['pino', ...node] },
  'src/adapters/system/health': { folders: [...adapter, 'src/adapters/system'], packages: node },
  ...layer('src/composition', compositionTiers, composition),
  'src/composition': {
    ...composition,
    folders: [...composition.folders, ...below('src/composition', ...compositionTiers.flat())],
  },
  'src/library': {
    folders: [...core, 'src/composition/**'],
    packages: ['zod', '@nats-io/transport-node', ...node],
    except: ['node:process'],
  },
  src: { folders: [...core, 'src/library'] },
  ...layer('src/cli', cliTiers, {
    folders: [...core, 'src/composition/**', 'src/dashboard/server/**', 'src/dashboard/build'],
    packages: ['*', '*/*', ...node],
    except: ['node:process'],
  }),
  'src/cli': {
    folders: [...core, 'src/composition/**', ...below('src/cli', ...cliTiers.flat())],
    packages: ['*', '*/*', ...node],
    except: ['node:process'],
  },
  'src/dashboard': { folders: [domain] },
  'src/dashboard/build': {
    folders: ['src/charts/svg'],
    packages: ['esbuild', 'rolldown/utils', ...node],
  },
  'src/dashboard/history': { folders: ['src/dashboard', domain] },
  ...layer('src/dashboard/server', [['http', 'history'], ['routes']], {
    folders: ['src/dashboard', 'src/dashboard/history', httpServer, ...core],
    packages: ['zod', 'xstate', ...node],
  }),
  'src/dashboard/server': {
    folders: [
      'src/dashboard',
      'src/dashboard/history',
      ...below('src/dashboard/server', 'http', 'history', 'routes'),
      httpServer,
      ...core,
    ],
    packages: ['zod', ...node],
  },
  ...layer('src/dashboard/web', webTiers, {
    folders: [
      'src/dashboard',
      'src/dashboard/history',
      'src/dashboard/web/styles',
      domain,
      'src/charts/model/chart-data.ts',
    ],
    packages: preact,
  }),
  'src/dashboard/web': {
    folders: ['src/dashboard/web/styles', ...below('src/dashboard/web', ...webTiers.flat())],
    packages: preact,
  },
  ...layer('tools/bench', benchTiers, {
    folders: [
      ...core,
      'src/adapters/**',
      ...composed,
      'src',
      'tools/bench',
      'tools/bench/processes/services',
    ],
    packages: ['*', '*/*', ...node],
  }),
  'tools/bench/processes/services': {
    folders: [
      ...[...core, 'src/adapters/**', ...composed],
      ...['tools/bench/environment', 'tools/bench/processes/job.ts'],
    ],
    packages: ['*', '*/*', ...node],
  },
  tools: { folders: ['tools/bench'], packages: ['esbuild', 'rolldown', ...node] },
  'tools/bench': {
    folders: [...core, ...below('tools/bench', 'environment', 'fixture')],
    packages: node,
  },
  ...Object.fromEntries(
    ['tools/bench/benchmarks', 'tools/bench/benchmarks/services'].map((folder) => [
      folder,
      {
        folders: [
          ...[...core, 'src/adapters/**', 'tools/bench', 'tools/bench/benchmarks/services'],
          ...below('tools/bench', ...benchTiers.flat()),
        ],
        packages: ['*', '*/*', ...node],
      },
    ]),
  ),
  'tools/release': { folders: [], packages: node },
  'tools/scale': { folders: [], packages: node },
  'tools/docs/vectors': { folders: [], packages: node },
  'tools/docs': {
    folders: [
      ...['tools/docs/vectors', ...core],
      'src/cli',
      'src/cli/command/**',
      ...below('src/adapters', 'doors/http', 'local-api', 'metrics'),
      'src/composition/time',
    ],
    packages: ['@prometheus-io/client', ...node],
  },
};

/** Files with a row of their own, in addition to the row of their folder. */
export const fileRules: Readonly<Record<string, ImportRule>> = {
  'tools/bench/bench-command.ts': {
    ...(importRules['tools/bench'] ?? { folders: [] }),
    folders: [
      ...(importRules['tools/bench']?.folders ?? []),
      'tools/bench/benchmarks',
      ...below('src/cli', 'command', 'tables', 'terminal'),
      'src/cli/commands/bench.ts',
    ],
  },
};
