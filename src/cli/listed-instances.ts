import { Fault } from '../domain/fault.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Agent } from '../runtime/agent.ts';
import { changesOf, check, type ListedInstance, listInstances } from './compose.ts';
import type { Io } from './io.ts';
import { printable } from './printable.ts';

/** However the notices of the file system go, a change is seen after this. */
const readEvery: Millis = seconds(3);

interface Checking {
  readonly how: string;
  readonly stop: AbortController;
}

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
  const checks = new Map<string, Checking>();
  let listed = JSON.stringify(first);
  let complaint = '';
  restart(agent, first, checks);
  try {
    for await (const _ of changesOf(file, readEvery, signal)) {
      try {
        const now = await listInstances(file, agent.slot);
        if (complaint !== '') io.err(`${printable(file)} can be read again`);
        complaint = '';
        if (JSON.stringify(now) === listed) continue;
        listed = JSON.stringify(now);
        agent.replace(now.map(({ spec }) => spec));
        restart(agent, now, checks);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        if (cause.message !== complaint) io.err(complaintOf(cause));
        complaint = cause.message;
      }
    }
  } finally {
    for (const { stop } of checks.values()) stop.abort();
  }
}

const complaintOf = (cause: Fault): string =>
  `${cause.message.split('\n').map(printable).join('\n')}\nthe instances stay as they were`;

/** Starts the checks that are new, ends those that are gone; one that stayed goes on counting. */
function restart(
  agent: Agent,
  listed: readonly ListedInstance[],
  checks: Map<string, Checking>,
): void {
  const wanted = new Map(
    listed.flatMap((one) =>
      one.check ? [[JSON.stringify([one.spec.service, one.spec.id]), one] as const] : [],
    ),
  );
  for (const [key, { how, stop }] of checks) {
    const now = wanted.get(key);
    if (now && JSON.stringify(now.check) === how) continue;
    stop.abort();
    checks.delete(key);
    // Nobody asks any more: what was found says nothing.
    const [service, id] = JSON.parse(key);
    if (!now) agent.report({ service, id }, { state: 'serving' });
  }
  for (const [key, { spec, check: how }] of wanted) {
    if (how === undefined || checks.has(key)) continue;
    const stop = new AbortController();
    checks.set(key, { how: JSON.stringify(how), stop });
    void check(how, (health) => agent.report(spec, health), stop.signal);
  }
}
