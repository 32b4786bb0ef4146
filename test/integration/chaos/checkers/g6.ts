import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import type { WallTime } from '../../../../src/domain/time.ts';
import type { Ledger } from '../liveness-ledger.ts';
import { type Complaint, complaint } from './chains.ts';

/** The ledger’s evidence about suspected and expired runs. */
export interface Truth {
  /** Expiries without grace or absent lease, or although the process was healthy throughout. */
  readonly complaints: readonly Complaint[];
  readonly suspected: number;
  /** Of these, the number that were healthy throughout the ttl before: the view was temporarily wrong. */
  readonly suspectedInError: number;
  readonly expired: number;
}

/**
 * G6: an expired run was suspect for its grace, and its lease was observed to be absent. By the ledger of
 * faults, no run that could communicate was declared dead.
 */
export function g6(history: readonly AuditEntry[], ledger: Pick<Ledger, 'fitThroughout'>): Truth {
  const processes = new Map<string, { pid: number; ttl: number; grace: number }>();
  const complaints: Complaint[] = [];
  const suspectedAt = new Map<string, WallTime>();
  const counts = { suspected: 0, suspectedInError: 0, expired: 0 };
  for (const recorded of history) {
    const { of, event, record, at } = recorded.event;
    if (of.entity !== 'run') continue;
    if (event.type === 'started') processes.set(of.run, processIn(record));
    const process = processes.get(of.run);
    if (!process) continue;
    const { pid, ttl, grace } = process;
    if (event.type === 'suspected') {
      counts.suspected += 1;
      suspectedAt.set(of.run, at);
      if (ledger.fitThroughout(pid, at - ttl, at)) counts.suspectedInError += 1;
    } else if (event.type === 'expired') {
      counts.expired += 1;
      if (recorded.event.evidence?.['lease'] !== 'absent') {
        complaints.push(complaint(recorded, 'nobody saw that its lease was absent'));
      }
      const doubted = at - (suspectedAt.get(of.run) ?? at);
      if (doubted < grace) complaints.push(complaint(recorded, `suspect for ${doubted} ms only`));
      if (ledger.fitThroughout(pid, at - ttl - grace, at)) {
        complaints.push(complaint(recorded, `nothing hindered process ${pid} all that time`));
      }
    }
  }
  return { complaints, ...counts };
}

function processIn(record: Record<string, unknown> | null) {
  const process = record?.['process'];
  const pid = typeof process === 'object' && process !== null && 'pid' in process ? process.pid : 0;
  return { pid: Number(pid), ttl: Number(record?.['ttl']), grace: Number(record?.['grace']) };
}
