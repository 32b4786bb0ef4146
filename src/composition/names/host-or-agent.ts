import type { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { AgentName, HostId } from '../../domain/identity/names.ts';
import { holdKey } from '../../domain/identity/registry-keys.ts';
import type { HoldRecord } from '../../domain/records/schemas.ts';

/** A host, or one agent on it. */
export interface Target {
  readonly host: HostId;
  readonly agent?: AgentName;
}

/**
 * Parses HOST or HOST/AGENT. `%2F` is a slash within a name.
 * @throws {Fault} `bad-name`
 */
export function parseTarget(text: string): Target {
  const [host = '', agent, ...more] = text.split('/').map(unescaped);
  if (host !== '' && agent !== '' && more.length === 0) {
    return {
      host: named(HostId, host),
      ...(agent !== undefined && { agent: named(AgentName, agent) }),
    };
  }
  throw new Fault(
    'bad-name',
    `'${text.slice(0, 80)}' is not a host or an agent: HOST, or HOST/AGENT`,
    {
      hint: 'write a slash within a name as %2F, a percent sign as %25',
    },
  );
}

/** Formats a target as commands accept it. */
export const formatTarget = ({
  host,
  agent,
}: {
  readonly host: string;
  readonly agent?: string | undefined;
}): string => (agent === undefined ? escaped(host) : `${escaped(host)}/${escaped(agent)}`);

/** Whether an agent belongs to the target. */
export const covers = (
  slot: { readonly host: string; readonly agent: string },
  { host, agent }: Target,
): boolean => slot.host === host && (agent === undefined || slot.agent === agent);

/** The hold of exactly this target. */
export function holdAt(fleet: Fleet, { host, agent }: Target): HoldRecord | undefined {
  const key = holdKey(host, agent);
  return [...fleet.controls.holds()].find((hold) => hold.key === key)?.record;
}

/** Parses a name. @throws {Fault} `bad-name` */
export function named<S extends z.ZodType>(rule: S, name: string): z.output<S> {
  const read = rule.safeParse(name);
  if (read.success) return read.data;
  throw new Fault(
    'bad-name',
    `'${name.slice(0, 80)}' is not a valid name: ${read.error.issues[0]?.message}`,
  );
}

export const escaped = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F');
export const unescaped = (name: string): string =>
  name.replaceAll('%2F', '/').replaceAll('%25', '%');
