import { Fault } from '../../domain/fault.ts';
import { AgentName, HostId, RunId, type RunRef } from '../../domain/names.ts';
import { decodeToken, encodeToken } from '../../domain/token.ts';

/**
 * What a run calls its connection, so that the server's disconnect advisories name the run.
 *
 * Whoever connects chooses this name: it may only ever make a collector look, never decide.
 */
export const connectionName = (of: RunRef): string =>
  `rollcall ${encodeToken(of.host)}/${encodeToken(of.agent)} ${of.run}`;

/** The run that a connection's name tells of; undefined: not a run's connection. */
export function runOfConnection(name: string): RunRef | undefined {
  const [, host, agent, run] = /^rollcall ([^/ ]+)\/([^/ ]+) ([^/ ]+)$/.exec(name) ?? [];
  if (host === undefined || agent === undefined) return undefined;
  try {
    return {
      host: HostId.parse(decodeToken(host)),
      agent: AgentName.parse(decodeToken(agent)),
      run: RunId.parse(run),
    };
  } catch (cause) {
    if (cause instanceof Fault || (cause instanceof Error && cause.name === 'ZodError')) return;
    throw cause;
  }
}
