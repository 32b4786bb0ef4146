import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterWatch } from '../cluster-watch.ts';
import type { ChaosServer, ChaosServers } from '../servers/servers.ts';
import type { ServerStep } from './fault-plan.ts';

/** The outcome of a step: its target, or the reason why it was skipped. */
export type Outcome = { readonly done: string } | { readonly not: string };

/** Applies the fault of the step to a server, and ends it. */
export async function faultServers(
  step: ServerStep,
  servers: ChaosServers,
  watch: ClusterWatch,
  look: () => void,
): Promise<Outcome> {
  const { what, whom, lasts } = step;
  const { nodes } = servers;
  const meanwhile = async () => {
    look();
    await pause(lasts);
    look();
  };
  if (whom === 'all') {
    await Promise.all(nodes.map((node) => (what === 'outage' ? node.kill() : node.stop())));
    await meanwhile();
    await Promise.all(nodes.map((node) => node.start()));
    return { done: 'all three' };
  }
  const node = await watch.find(whom);
  if (what === 'fill-disk' && node.disk.unfillable !== undefined) {
    return { not: node.disk.unfillable };
  }
  if (what === 'older-store') await replaceByOlder(node, meanwhile);
  else {
    await harm(node, what);
    await meanwhile();
    await heal(node, what);
  }
  look();
  return { done: `${node.name} (${whom})` };
}

async function harm(node: ChaosServer, what: ServerStep['what']): Promise<void> {
  if (what === 'freeze-server') await node.freeze();
  else if (what === 'isolate-server') await node.isolate();
  else if (what === 'fill-disk') await node.disk.fill();
  else await node.kill();
}

/**
 * A server whose disk was full may keep a copy that it can no longer read, and a restart does not repair it.
 * It therefore starts with an empty store, and the other servers bring it up to date.
 */
async function heal(node: ChaosServer, what: ServerStep['what']): Promise<void> {
  if (what === 'freeze-server') return node.thaw();
  if (what === 'isolate-server') return node.rejoin();
  if (what === 'fill-disk') {
    await node.kill();
    await node.disk.free();
  }
  if (what === 'fill-disk' || what === 'empty-store') {
    await rm(storeOf(node), { recursive: true, force: true });
  }
  await node.start();
}

/** A restore of one server of three: its store is as it was before the step, and the others have gone on. */
async function replaceByOlder(node: ChaosServer, meanwhile: () => Promise<void>): Promise<void> {
  const copy = join(node.disk.directory, 'older');
  await node.stop();
  await cp(storeOf(node), copy, { recursive: true });
  await node.start();
  await meanwhile();
  await node.stop();
  await rm(storeOf(node), { recursive: true });
  await rename(copy, storeOf(node));
  await node.start();
}

const storeOf = ({ disk }: ChaosServer): string => join(disk.directory, 'jetstream');
