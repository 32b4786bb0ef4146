import { systemAdapters } from '../../composition/system-adapters.ts';
import { stateDirIfAny } from '../../composition/xdg-directories.ts';
import type { AgentName, Slot } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import type { AgentOptions } from '../../runtime/agent/agent.ts';
import type { agentSettings } from '../command/settings/lease.ts';
import type { Values } from '../command/settings/setting.ts';

export type AgentSettings = Values<typeof agentSettings>;

/** Time limit of an orderly stop while the store does not answer. */
const leaveWithin = seconds(3);

/** The slot of an agent on this machine. @throws {Fault} `bad-name`, `bad-setting` */
export async function resolveAgentId(
  { host, stateDir: dir }: Pick<AgentSettings, 'host' | 'stateDir'>,
  agent: AgentName,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Slot> {
  if (host !== undefined) return { host, agent };
  return { host: await systemAdapters.findHostId({ stateDir: dir ?? stateDirIfAny(env) }), agent };
}

/** Options of the agent from the settings. */
export const agentOptions = (
  settings: AgentSettings,
  slot: Slot,
  onTransition: AgentOptions['onTransition'],
): AgentOptions => ({
  slot,
  lease: { ttl: settings.ttl, grace: settings.grace },
  process: systemAdapters.thisProcess(),
  zone: settings.zone,
  address: settings.address,
  instanceAddress: settings.address ?? systemAdapters.hostAddress(),
  takeover: settings.takeover,
  collect: settings.collect,
  whenExpired: settings.whenExpired,
  drainFor: settings.drain,
  leaveWithin,
  onTransition,
});
