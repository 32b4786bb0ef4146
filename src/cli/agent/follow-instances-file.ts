import { changesOf, type ListedInstance, listInstances } from '../../composition/compose.ts';
import { Checks } from '../../composition/health-checks.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Agent } from '../../runtime/agent/agent.ts';
import { printable } from '../terminal/escape-terminal.ts';
import type { Io } from '../terminal/io.ts';

/** However the notices of the file system go, a change is seen after this. */
const readEvery: Millis = seconds(3);

/**
 * Keeps an agent at what its instances file lists, and runs the checks, until the signal. A file with
 * errors is reported, and what it listed before stays.
 */
export async function keepListed(
  agent: Agent,
  file: string,
  first: readonly ListedInstance[],
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const checks = new Checks(agent);
  let listed = JSON.stringify(first);
  let complaint = '';
  checks.replace(first);
  try {
    for await (const _ of changesOf(file, readEvery, signal)) {
      try {
        const now = await listInstances(file, agent.slot);
        if (complaint !== '') io.err(`${printable(file)} can be read again`);
        complaint = '';
        if (JSON.stringify(now) === listed) continue;
        listed = JSON.stringify(now);
        agent.replace(now.map(({ spec }) => spec));
        checks.replace(now);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        if (cause.message !== complaint) io.err(complaintOf(cause));
        complaint = cause.message;
      }
    }
  } finally {
    checks.stop();
  }
}

const complaintOf = (cause: Fault): string =>
  `${cause.message.split('\n').map(printable).join('\n')}\nthe instances stay as they were`;
