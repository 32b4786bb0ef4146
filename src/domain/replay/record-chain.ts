import { runMachineState } from '../events/apply-transition.ts';
import { chainName } from '../events/audit-entry.ts';
import type { ChainRef, StateValue } from '../events/event-schema.ts';
import {
  type KeyValueEntry,
  readAgent,
  readBrake,
  readDrain,
  readHold,
  readInstance,
  readPolicy,
} from '../records/stored-record.ts';

/** Where the chain of a record is, as the record itself says: every record names its last event. */
export interface RecordChain {
  readonly name: string;
  readonly run: string;
  readonly n: number;
  readonly hash: string;
  readonly value: StateValue;
}

/** The chain of a stored record; undefined if there is no record, or it cannot be read (G12). */
export function chainOfRecord(entry: KeyValueEntry): RecordChain | undefined {
  if (entry.key.startsWith('agent.')) {
    const read = readAgent(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run } = read.record;
    return chainAt({ entity: 'run', host, agent, run }, read.record, runMachineState(read.record));
  }
  if (entry.key.startsWith('instance.')) {
    const read = readInstance(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run, service, id, state } = read.record;
    return chainAt({ entity: 'instance', host, agent, run, service, id }, read.record, state);
  }
  if (entry.key.startsWith('hold.')) {
    const read = readHold(entry);
    if (read.kind !== 'stored') return undefined;
    const { host, agent, run, state } = read.record;
    const of = { entity: 'hold', host, ...(agent !== undefined && { agent }), run } as const;
    return chainAt(of, read.record, state);
  }
  if (entry.key.startsWith('drain.')) {
    const read = readDrain(entry);
    if (read.kind !== 'stored') return undefined;
    const { target, run, state } = read.record;
    return chainAt({ entity: 'drain', target, run }, read.record, state);
  }
  if (entry.key.startsWith('brake.')) {
    const read = readBrake(entry);
    if (read.kind !== 'stored') return undefined;
    const { zone, run, state } = read.record;
    return chainAt({ entity: 'brake', zone, run }, read.record, state);
  }
  const read = readPolicy(entry);
  if (read.kind !== 'stored') return undefined;
  return chainAt({ entity: 'policy', run: read.record.run }, read.record, read.record.state);
}

const chainAt = (
  of: ChainRef,
  { n, hash }: { readonly n: number; readonly hash: string },
  value: StateValue,
): RecordChain => ({ name: chainName(of), run: of.run, n, hash, value });
