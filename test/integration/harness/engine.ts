import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import type { Program } from './programs.ts';

const run = promisify(execFile);

/** Runs `docker …`, and returns what it printed. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 1e8 });
  return stdout.trim();
}

/**
 * Needs a Docker engine that runs. Without one the test is skipped with the reason; with
 * ROLLCALL_PROGRAMS=demanded it fails.
 */
export async function needEngine(test: Pick<TestContext, 'skip'>): Promise<void> {
  const refusal = await docker('info', '--format', '{{.ServerVersion}}').then(
    () => undefined,
    (cause: Error) => cause.message.trim().split('\n').at(-1) ?? '',
  );
  if (refusal === undefined) return;
  const why = `there is no Docker engine here: ${refusal}`;
  if (env['ROLLCALL_PROGRAMS'] === 'demanded') throw new Error(why);
  test.skip(why);
}

/** The command of Compose: the plugin of docker, or the program of its own. */
export async function composeCommand(
  test: Pick<TestContext, 'skip'>,
): Promise<readonly [string, ...string[]]> {
  const commands = [['docker', 'compose'], ['docker-compose']] as const;
  for (const [program, ...args] of commands) {
    const found = await run(program, [...args, 'version']).catch(() => undefined);
    if (found) return [program, ...args];
  }
  const why = 'there is no Docker Compose here';
  if (env['ROLLCALL_PROGRAMS'] === 'demanded') throw new Error(why);
  return test.skip(why);
}

export interface ImageContent {
  /** Programs by their path in the image. Their libraries are copied too. */
  readonly programs: Readonly<Record<string, Program>>;
  /** Native modules that run in the image: only the libraries that they need are copied. */
  readonly modules?: readonly string[];
  /** Files and folders of this machine by their path in the image. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** More lines of the Dockerfile. */
  readonly lines?: readonly string[];
}

/** Builds an image of programs of this machine, so that no image registry is needed. */
export async function buildImage(tag: string, content: ImageContent): Promise<void> {
  const { programs, modules = [], files = {}, links = {}, lines = [] } = content;
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-image-'));
  try {
    const root = join(folder, 'root');
    const put = async (from: string, to: string) => {
      await mkdir(join(root, dirname(to)), { recursive: true });
      await cp(from, join(root, to), { recursive: true, dereference: true, force: true });
    };
    const searched = new Set<string>();
    for (const [to, program] of Object.entries(programs)) {
      await put(await realpath(program.path), to);
      for (const library of await librariesOf(program)) await put(library, library);
      for (const one of program.env['LD_LIBRARY_PATH']?.split(delimiter) ?? []) searched.add(one);
    }
    for (const module of modules)
      for (const library of await librariesOf(ofThisMachine(module))) await put(library, library);
    for (const [to, from] of Object.entries(files)) await put(from, to);
    for (const [to, target] of Object.entries(links)) {
      await mkdir(join(root, dirname(to)), { recursive: true });
      await symlink(target, join(root, to));
    }
    const libraries = searched.size > 0 ? [`LD_LIBRARY_PATH=${[...searched].join(':')}`] : [];
    const variables = ['PATH=/usr/bin:/bin', ...libraries].join(' ');
    const dockerfile = ['FROM scratch', 'COPY root /', `ENV ${variables}`, ...lines];
    await writeFile(join(folder, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
    await docker('build', '--quiet', '--tag', tag, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of the shared libraries of a program; none if it is static. */
async function librariesOf({ path, env: own }: Program): Promise<readonly string[]> {
  const listed = await run('ldd', [path], { env: { ...env, ...own } }).catch(() => ({
    stdout: '',
  }));
  return [...listed.stdout.matchAll(/(\/[^ )\n]+) \(0x/g)].map(([, file = '']) => file);
}

const ofThisMachine = (path: string): Program => ({ path, env: {} });

/** An image with the nats-server of the tests, started as the image `nats` starts it. */
export const buildNatsImage = (tag: string): Promise<void> =>
  buildImage(tag, {
    programs: { '/usr/bin/nats-server': ofThisMachine(env['ROLLCALL_NATS_SERVER'] ?? '') },
    lines: ['EXPOSE 4222', 'ENTRYPOINT ["nats-server"]'],
  });

/** An image with this Node.js, npm and a shell, to build the image that ships. It trusts what this machine trusts. */
async function buildNodeImage(tag: string): Promise<void> {
  const { stdout } = await run('sh', ['-c', 'command -v npm']);
  const npm = dirname(dirname(await realpath(stdout.trim())));
  const trusted = env['NODE_EXTRA_CA_CERTS'];
  await buildImage(tag, {
    programs: {
      '/usr/bin/node': ofThisMachine(process.execPath),
      '/bin/sh': ofThisMachine('/bin/sh'),
      '/usr/bin/env': ofThisMachine('/usr/bin/env'),
    },
    // The build in the image installs and loads the same ones.
    modules: globSync('node_modules/**/*.node'),
    files: {
      '/usr/lib/npm': npm,
      ...(trusted !== undefined && { '/etc/ssl/trusted.pem': trusted }),
    },
    links: { '/usr/bin/npm': '../lib/npm/bin/npm-cli.js' },
    lines: [
      'WORKDIR /tmp',
      ...(trusted === undefined ? [] : ['ENV NODE_EXTRA_CA_CERTS=/etc/ssl/trusted.pem']),
    ],
  });
}

const shipped = 'rollcall-test/rollcall';
let building: Promise<string> | undefined;

/** Builds the image of deploy/docker/Dockerfile from this checkout, once in a file of tests. */
export function buildShippedImage(): Promise<string> {
  building ??= (async () => {
    const node = 'rollcall-test/node';
    await buildNodeImage(node);
    const dockerfile = 'deploy/docker/Dockerfile';
    await docker(
      ...['build', '--quiet', '--file', dockerfile, '--build-arg', `NODE_IMAGE=${node}`],
      ...['--tag', shipped, '.'],
    );
    return shipped;
  })();
  return building;
}

/** Bytes of an image. */
export const sizeOf = async (image: string): Promise<number> =>
  Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
