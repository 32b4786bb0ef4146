import type { Inspection } from '../../composition/store/open-inspection.ts';
import { policyKey } from '../../domain/identity/registry-keys.ts';
import { readPolicy } from '../../domain/records/stored-record.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Finding, note } from './finding.ts';

/** Reports a policy whose limits the history does not have. */
export async function diagnoseRetention(
  inspection: Pick<Inspection, 'hasLimits' | 'names'>,
  { registry }: Pick<Ports, 'registry'>,
): Promise<readonly Finding[]> {
  const read = readPolicy(await registry.read(policyKey));
  if (read.kind !== 'stored' || (await inspection.hasLimits(read.record.policy.retention)))
    return [];
  return [
    note(
      'audit',
      `the history does not have the limits of the policy (retention): ${inspection.names.auditStream} has others`,
      'set them: `rollcall audit limit` with the login of deploy, or it says what they wait for; a collector does it only if its login may',
    ),
  ];
}
