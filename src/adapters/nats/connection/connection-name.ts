import { Fault } from '../../../domain/fault.ts';
import { AgentName, HostId, RunId, type RunRef } from '../../../domain/identity/names.ts';
import { decodeSubjectToken, encodeSubjectToken } from '../../../domain/identity/subject-token.ts';

/**
 * A server refuses who introduces himself with more than 4096 bytes (`max_control_line`), and credentials
 * take their part of them.
 */
const longest = 2048;

/**
 * What a run calls its connection, so that the server's disconnect advisories name the run.
 *
 * Whoever connects chooses this name: it may only ever make a collector look, never decide. Where host
 * and agent are called too long for it, it names nobody.
 */
export function connectionName(of: RunRef): string {
  const name = `rollcall ${encodeSubjectToken(of.host)}/${encodeSubjectToken(of.agent)} ${of.run}`;
  return name.length > longest ? 'rollcall agent' : name;
}

/** The run that a connection's name tells of; undefined: not a run's connection. */
export function runOfConnection(name: string): RunRef | undefined {
  const [, host, agent, run] = /^rollcall ([^/ ]+)\/([^/ ]+) ([^/ ]+)$/.exec(name) ?? [];
  if (host === undefined || agent === undefined) return undefined;
  try {
    return {
      host: HostId.parse(decodeSubjectToken(host)),
      agent: AgentName.parse(decodeSubjectToken(agent)),
      run: RunId.parse(run),
    };
  } catch (cause) {
    if (cause instanceof Fault || (cause instanceof Error && cause.name === 'ZodError')) return;
    throw cause;
  }
}
