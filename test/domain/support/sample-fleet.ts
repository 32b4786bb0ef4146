import { parseTarget } from '../../../src/composition/names/host-or-agent.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { brakeKey, holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { BrakeRecord, HoldRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';

const chain = { v: 1, run: 'abcdefgh', since: 0, n: 1, hash: 'ab'.repeat(32) };
const by = { host: 'desk', agent: 'operator', run: 'operator1' };

/** A hold on `host` or `host/agent`, readable. */
export function holdEntry(
  target: string,
  { until, why }: { until: number; why?: string },
): KeyValueEntry {
  const at = parseTarget(target);
  const record = HoldRecord.parse({ ...chain, ...at, state: 'planned', until, why, by });
  return { key: holdKey(at.host, at.agent), revision: 3, text: JSON.stringify(record) };
}

/** A brake that is on, readable. */
export function brakeEntry(
  name: string,
  count: { seen: number; suspect: number; since?: number; expired?: number },
): KeyValueEntry {
  const zone = ZoneName.parse(name);
  const record = BrakeRecord.parse({ ...chain, zone, state: 'braked', expired: 0, ...count });
  return { key: brakeKey(zone), revision: 4, text: JSON.stringify(record) };
}
