import { systemAdapters } from '../../composition/compose.ts';
import { type Actor, AgentName } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import { agentSettings } from '../command/settings/lease.ts';
import type { Settings, Values } from '../command/settings/setting.ts';
import type { Terminal } from '../terminal/io.ts';
import { resolveAgentId } from './agent-options.ts';

/** For commands by which a person changes something: who it was, as the audit tells it. */
export const operatorSettings = {
  host: {
    ...agentSettings.host,
    description: 'the id of this machine, as the audit names who did it',
  },
  stateDir: agentSettings.stateDir,
  as: {
    flag: '--as <name>',
    description: 'what whoever does it is called in the audit',
    fallback: 'operator',
    schema: AgentName.default(AgentName.parse('operator')),
  },
} as const satisfies Settings;

/**
 * Whoever runs this command: this machine, a name, and a run id of its own. The name is said, not
 * proved; who may write at all is the server's to say. A login name is not taken unasked: the audit
 * keeps what it has.
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

/** A change that somebody waits for is given up after this. */
export const operatorTimeout = (io: Pick<Terminal, 'signal'>): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(seconds(5))]);
