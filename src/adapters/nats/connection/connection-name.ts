import { Fault } from '../../../domain/fault.ts';
import { AgentName, HostId, RunId, type RunRef } from '../../../domain/identity/names.ts';
import { decodeSubjectToken, encodeSubjectToken } from '../../../domain/identity/subject-token.ts';

/**
 * A server refuses a client whose CONNECT message is longer than 4096 bytes (`max_control_line`), and
 * the credentials take part of these.
 */
const maxLength = 2048;

/**
 * The name of a run's connection, so that the server's disconnect advisories identify the run.
 *
 * The client chooses this name, so it may only make a collector check a run, never decide about it.
 * If the names of host and agent are too long, the connection name identifies no run.
 */
export function connectionName(ref: RunRef): string {
  const name = `rollcall ${encodeSubjectToken(ref.host)}/${encodeSubjectToken(ref.agent)} ${ref.run}`;
  return name.length > maxLength ? 'rollcall agent' : name;
}

/** The run that a connection name identifies; undefined if it is not the name of a run's connection. */
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
