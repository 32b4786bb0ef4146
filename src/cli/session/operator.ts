import { z } from 'zod';
import { loginName, type NamedLogin } from '../../composition/access/login-name.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { type Actor, AgentName } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import { Switch } from '../command/settings/common.ts';
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
    fallback: 'the name of the login, else $SUDO_USER or $USER, else operator',
    schema: AgentName.optional(),
  },
} as const satisfies Settings;

const Reason = z.string().min(1, 'not empty').max(1000, 'at most 1000 characters').optional();

/** The reason of a hold or a drain. Both names work for both, because both commands are run in a hurry. */
export const reasonSettings = {
  why: {
    flag: '--why <text>',
    description: 'reason, shown to operators and consumers',
    schema: Reason,
  },
  reason: { flag: '--reason <text>', description: 'the same as --why', schema: Reason },
} as const satisfies Settings;

export const dryRunSettings = {
  dryRun: {
    flag: '--dry-run',
    description: 'only show what would change; nothing is written',
    schema: Switch,
  },
} as const satisfies Settings;

/** For a target that may not exist yet. */
export const aheadSettings = {
  ahead: {
    flag: '--ahead',
    description: 'also if nothing is registered there yet; without it, such a name is refused',
    schema: Switch,
  },
} as const satisfies Settings;

/** The first line of a dry run. */
export const dryRunLine = '--dry-run, nothing is changed; without it:';

/** The reason that was given. @throws {Fault} `bad-setting` if both names give different ones */
export function givenReason({ why, reason }: Values<typeof reasonSettings>): string | undefined {
  if (why !== undefined && reason !== undefined && why !== reason) {
    throw new Fault('bad-setting', '--why and --reason are the same: use only one of them');
  }
  return why ?? reason;
}

/**
 * The operator who runs this command: this machine, a name and a run id. The name is not authenticated; the
 * permissions of the server decide who may write.
 */
export async function operatorIdentity(
  settings: Values<typeof operatorSettings> & NamedLogin,
  io: Pick<Terminal, 'env'>,
): Promise<Actor> {
  return {
    ...(await resolveAgentId(settings, settings.as ?? defaultName(settings, io.env), io.env)),
    run: systemAdapters.entropy.runId(),
  };
}

/** The first of these that is a name. Who uses `sudo` has another `$USER` then. */
function defaultName(login: NamedLogin, env: Terminal['env']): AgentName {
  const candidates = [loginName(login), env['SUDO_USER'], env['USER'], env['LOGNAME']];
  const named = candidates.map((one) => AgentName.safeParse(one)).find(({ success }) => success);
  return named?.data ?? AgentName.parse('operator');
}

/** Aborts after 5 s: an interactive change gives up then. */
export const operatorTimeout = (io: Pick<Terminal, 'signal'>): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(seconds(5))]);
