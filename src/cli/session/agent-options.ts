import { system } from '../../composition/compose.ts';
import type { AgentName, Slot } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import type { AgentOptions } from '../../runtime/agent/agent.ts';
import type { agency } from '../command/settings/lease.ts';
import type { Values } from '../command/settings/setting.ts';
import { stateDir } from './xdg-directories.ts';

export type Agency = Values<typeof agency>;

/** How long a polite leave may take while the store does not answer. */
const leaveWithin = seconds(3);

/** The slot of an agent on this machine. @throws {Fault} `bad-name`, `bad-setting` */
export async function slotOf(
  { host, stateDir: dir }: Pick<Agency, 'host' | 'stateDir'>,
  agent: AgentName,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Slot> {
  if (host !== undefined) return { host, agent };
  return { host: await system.findHostId({ stateDir: dir ?? stateDir(env) }), agent };
}

/** What the runtime's agent takes of the settings. */
export const agentOptions = (
  settings: Agency,
  slot: Slot,
  onTransition: AgentOptions['onTransition'],
): AgentOptions => ({
  slot,
  lease: { ttl: settings.ttl, grace: settings.grace },
  process: system.thisProcess(),
  zone: settings.zone,
  address: settings.address,
  takeover: settings.takeover,
  collect: settings.collect,
  whenExpired: settings.whenExpired,
  drainFor: settings.drain,
  leaveWithin,
  onTransition,
});
