import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { untilReady } from '../harness/cluster.ts';
import { startContainers } from './servers/container-servers.ts';
import { startProcesses } from './servers/process-servers.ts';
import type { ChaosServers } from './servers/servers.ts';

const run = promisify(execFile);

/** Docker counts as absent if it takes longer than this to answer. */
const answerWithin: Millis = seconds(2);

/** The lowest version with the features that Rollcall needs. */
const least = [2, 12, 1] as const;

/** The kind of servers: containers if Docker answers and has an image, else processes. */
export type Engine =
  | { readonly kind: 'containers'; readonly image: string }
  | { readonly kind: 'processes'; readonly because: string };

/** Looks for Docker and a recent nats image; downloads nothing. */
export async function probeEngine(): Promise<Engine> {
  try {
    const args = ['images', 'nats', '--format', '{{.Repository}}:{{.Tag}}'];
    const { stdout } = await run('docker', args, { timeout: answerWithin });
    const image = stdout.split('\n').find(isNewEnough);
    if (image !== undefined) return { kind: 'containers', image };
    return {
      kind: 'processes',
      because: `Docker has no image of nats ${least.join('.')} or newer`,
    };
  } catch {
    return { kind: 'processes', because: 'no Docker answers' };
  }
}

/** By its tag: `nats:2.15-alpine` is recent; `nats:latest` has no version. */
function isNewEnough(image: string): boolean {
  const [, major, minor, patch] = /:(\d+)\.(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  if (major === undefined) return false;
  // A tag without a patch number means the latest patch.
  const parts = [Number(major), Number(minor), patch === undefined ? Infinity : Number(patch)];
  const differing = parts.findIndex((part, at) => part !== least[at]);
  return differing === -1 || (parts[differing] ?? 0) > (least[differing] ?? 0);
}

/** Starts three servers and waits until they can create streams with three replicas. */
export async function startServers(engine: Engine): Promise<ChaosServers> {
  const servers = await (engine.kind === 'processes'
    ? startProcesses()
    : startContainers(engine.image));
  try {
    await untilReady(servers.nodes.map(({ port }) => `127.0.0.1:${port}`));
    return servers;
  } catch (error) {
    await servers[Symbol.asyncDispose]();
    throw error;
  }
}
