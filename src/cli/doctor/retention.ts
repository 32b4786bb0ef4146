import type { Inspection } from '../../composition/store/open-inspection.ts';
import { policyKey } from '../../domain/identity/registry-keys.ts';
import { readPolicy } from '../../domain/records/stored-record.ts';
import type { Ports } from '../../ports/ports.ts';
import { limitCommand, limitDifference } from '../command/settings/limit-words.ts';
import { type Finding, note } from './finding.ts';

/** Reports a policy whose limits the history does not have. */
export async function diagnoseRetention(
  inspection: Pick<Inspection, 'limits'>,
  { registry }: Pick<Ports, 'registry'>,
): Promise<readonly Finding[]> {
  const read = readPolicy(await registry.read(policyKey));
  if (read.kind !== 'stored') return [];
  const { retention } = read.record.policy;
  const history = await inspection.limits(retention);
  if (history === undefined || history.isWanted) return [];
  const difference =
    limitDifference(retention, history.limits) ??
    'a full history refuses new events (discard: new)';
  return [
    note(
      'audit',
      `the history does not have the limits of the policy: ${difference}`,
      `set them: ${limitCommand}. It says what they wait for`,
    ),
  ];
}
