import { system } from '../../composition/compose.ts';
import type { Actor } from '../../domain/identity/actor.ts';
import { AgentName } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import { agency } from '../command/settings/lease.ts';
import type { Settings, Values } from '../command/settings/setting.ts';
import type { Io } from '../terminal/io.ts';
import { slotOf } from './agent-options.ts';

/** For commands by which a person changes something: who it was, as the audit tells it. */
export const operating = {
  host: { ...agency.host, about: 'the id of this machine, as the audit names who did it' },
  stateDir: agency.stateDir,
  as: {
    flag: '--as <name>',
    about: 'what whoever does it is called in the audit',
    fallback: 'operator',
    rule: AgentName.default(AgentName.parse('operator')),
  },
} as const satisfies Settings;

/**
 * Whoever runs this command: this machine, a name, and a run id of its own. The name is said, not
 * proved; who may write at all is the server's to say. A login name is not taken unasked: the audit
 * keeps what it has.
 */
export async function operatorOf(
  settings: Values<typeof operating>,
  io: Pick<Io, 'env'>,
): Promise<Actor> {
  return { ...(await slotOf(settings, settings.as, io.env)), run: system.entropy.runId() };
}

/** A change that somebody waits for is given up after this. */
export const patience = (io: Pick<Io, 'signal'>): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(seconds(5))]);
