import { isIPv6 } from 'node:net';
import type { Slot } from './plan-slots.ts';

/** Bits of `srv_admin_state`: bit 4 stays for ever where the configuration says `disabled`. */
const inMaintenance = 1;
const inDrain = 8;

/**
 * The servers of each backend in the answer to `show servers state`, with columns by name. Lines that are not
 * of that table are skipped.
 */
export function parseServerState(text: string): ReadonlyMap<string, readonly Slot[]> {
  const backends = new Map<string, Slot[]>();
  let columns: readonly string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('# be_id ')) columns = line.slice(2).trim().split(' ');
    else if (line.trim() === '' || line.startsWith('#'))
      columns = line.trim() === '' ? undefined : columns;
    else if (columns) {
      const cells = line.split(' ');
      const of = (name: string) => cells[columns?.indexOf(name) ?? -1] ?? '';
      const backend = of('be_name');
      const admin = Number(of('srv_admin_state'));
      if (backend === '' || of('srv_name') === '' || !Number.isInteger(admin)) continue;
      const slots = backends.get(backend) ?? [];
      backends.set(backend, slots);
      slots.push({
        name: of('srv_name'),
        address: canonical(of('srv_addr')),
        port: Number(of('srv_port')),
        isInMaintenance: (admin & inMaintenance) !== 0,
        isDraining: (admin & inDrain) !== 0,
      });
    }
  }
  return backends;
}

/** Present sessions of each server, as `backend/server`, in the answer to `show stat`. */
export function parseSessions(text: string): ReadonlyMap<string, number> {
  const sessions = new Map<string, number>();
  let columns: readonly string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('# pxname,')) columns = line.slice(2).split(',');
    else if (line.trim() === '') columns = undefined;
    else if (columns) {
      const cells = line.split(',');
      const of = (name: string) => cells[columns?.indexOf(name) ?? -1] ?? '';
      sessions.set(`${of('pxname')}/${of('svname')}`, Number(of('scur')));
    }
  }
  return sessions;
}

/** One text for each IPv6 address, however it was written. */
export const canonical = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
