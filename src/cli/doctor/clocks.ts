import { clocksAgree } from '../../domain/collection/hold-end.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { readSeat } from '../../domain/records/stored-record.ts';
import { seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { formatElapsed } from '../terminal/format-time.ts';
import { type Finding, wrong } from './finding.ts';

/** Reports collectors whose clock differs from the server's: each measures this and writes it into its seat. */
export async function lookAtClocks({ leases }: Pick<Ports, 'leases'>): Promise<readonly Finding[]> {
  return (await leases.list(allSeats)).flatMap(({ text }) => {
    const seat = readSeat(text);
    if (seat?.offset === undefined || clocksAgree(seat.offset)) return [];
    const { host, agent, offset } = seat;
    const rounded = seconds(Math.round(Math.abs(offset) / 1000));
    const by = `${formatElapsed(rounded)} ${offset > 0 ? 'ahead of' : 'behind'} the server's`;
    const what = `the clock of host ${host} is ${by}: its collector ${host}/${agent} ends no hold`;
    return [wrong('clocks', what, 'run NTP on that host and on the server')];
  });
}
