import { systemAdapters } from '../../composition/system-adapters.ts';

import { type Actor, AgentName } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import { agentSettings } from '../command/settings/lease.ts';
import type { Settings, Values } from '../command/settings/setting.ts';
import type { Terminal } from '../terminal/io.ts';
import { resolveAgentId } from './agent-options.ts';

/** Settings of commands that change something: who did it, for the audit. */
export const operatorSettings = {
  host: {
    ...agentSettings.host,
    description: 'id of this machine, recorded in the audit',
  },
  stateDir: agentSettings.stateDir,
  as: {
    flag: '--as <name>',
    description: 'operator name recorded in the audit',
    fallback: 'operator',
    schema: AgentName.default(AgentName.parse('operator')),
  },
} as const satisfies Settings;

/**
 * The operator who runs this command: this machine, a name and a run id. The name is not authenticated;
 * the permissions of the server decide who may write. The login name is not used as a default, because
 * the audit keeps names for good.
 */
export async function operatorIdentity(
  settings: Values<typeof operatorSettings>,
  io: Pick<Terminal, 'env'>,
): Promise<Actor> {
  return {
    ...(await resolveAgentId(settings, settings.as, io.env)),
    run: systemAdapters.entropy.runId(),
  };
}

/** Aborts after 5 s: an interactive change gives up then. */
export const operatorTimeout = (io: Pick<Terminal, 'signal'>): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(seconds(5))]);
