import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { plural } from '../tables/footer.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** The last events of the history, which every running process is likely to have written to. */
const recentEvents = 1000;
const namedAtMost = 10;

/**
 * Names the processes that wrote events without a signature lately. `audit verify` checks the signatures of
 * the whole history.
 */
export async function diagnoseSignatures(
  { audit }: Pick<Ports, 'audit'>,
  { fleet }: Pick<Directory, 'fleet'>,
): Promise<Finding> {
  const { policyRecord } = fleet.controls;
  const isRequired = fleet.controls.policy.signatures === 'required';
  const since = isRequired && policyRecord?.kind === 'stored' ? policyRecord.revision : 0;
  const { counted, unsigned } = await unsignedSince(audit, since);
  if (counted === 0) return ok('signatures', 'no event to check');
  if (unsigned.length === 0)
    return ok('signatures', `all of the last ${plural(counted, 'event')} signed`);
  const more = unsigned.length > namedAtMost ? ` and ${unsigned.length - namedAtMost} more` : '';
  const what = `unsigned events by ${unsigned.slice(0, namedAtMost).join(', ')}${more} among the last ${counted}`;
  return isRequired
    ? wrong(
        'signatures',
        `${what}, although the policy requires signatures`,
        'upgrade them, or let them sign; to accept them: rollcall policy set signatures=optional',
      )
    : note(
        'signatures',
        what,
        'these are older versions, or other programs: the author of their events cannot be proven',
      );
}

/** Who wrote events without a signature after this revision. */
async function unsignedSince(audit: Ports['audit'], since: Revision) {
  const { last } = await audit.range();
  const unsigned = new Set<string>();
  let counted = 0;
  for await (const stored of audit.read(Math.max(0, last - recentEvents + 1))) {
    if (stored.seq > last) break;
    if (stored.origin <= since) continue;
    counted += 1;
    const read = parseAuditEvent(stored, () => '');
    if (read.kind === 'illegible' || read.event.sig !== undefined) continue;
    unsigned.add(`${read.event.actor.host}/${read.event.actor.agent}`);
  }
  return { counted, unsigned: [...unsigned].sort() };
}
