import { setTimeout as pause } from 'node:timers/promises';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { sendSignal } from '../../adapters/system/send-signal.ts';
import { type Millis, seconds } from '../../domain/time.ts';

/** What a change did to the running servers. */
export interface Reloaded {
  /** Process ids of the servers that were sent the signal to reload. */
  readonly reloaded: readonly number[];
  /** Why others were not. */
  readonly failed: readonly string[];
}

/** A server reads its configuration within milliseconds; two signals at once would count as one. */
const betweenReloads: Millis = seconds(0.5);

/**
 * Lets servers on this machine reload twice: after one reload the imports of an account that is new have no
 * effect yet (seen on nats-server 2.15.1; test/integration/cli/up-secure.test.ts adds a host to a running server).
 *
 * @param servers process ids, or files with one
 */
export async function reloadServers(servers: readonly string[]): Promise<Reloaded> {
  if (servers.length === 0) return { reloaded: [], failed: [] };
  await signal(servers);
  await pause(betweenReloads);
  return signal(servers);
}

async function signal(servers: readonly string[]): Promise<Reloaded> {
  const reloaded: number[] = [];
  const failed: string[] = [];
  for (const one of servers) {
    const pid = Number(/^\d+$/.test(one) ? one : await readOptionalText(one));
    const sent = Number.isSafeInteger(pid) && pid > 1 ? sendSignal(pid, 'SIGHUP') : 'gone';
    if (sent === 'sent') reloaded.push(pid);
    else
      failed.push(`${one}: ${sent === 'gone' ? 'no such process' : 'it belongs to another user'}`);
  }
  return { reloaded, failed };
}
