import { allSeats } from '../../domain/keys.ts';
import { SeatRecord } from '../../domain/records.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory.ts';
import { plural } from '../footer.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Can every record be read? Each that cannot is named, with the reason. */
export function lookAtRecords(
  directory: Directory,
  bucket: { readonly stream: string },
): readonly Finding[] {
  const unreadable = directory.unreadable();
  const counted = `${plural(directory.agents().length, 'agent')} and ${plural(directory.instances().length, 'instance')}`;
  if (unreadable.length === 0) return [ok('records', `${counted}, all of them readable`)];
  const kv = bucket.stream.replace(/^KV_/, '');
  return unreadable.map(({ key, revision, why }) =>
    wrong(
      'records',
      `${key} (revision ${revision}) cannot be read: ${why}`,
      `newer software wrote it? update this one. Nobody did? look at it with \`nats kv get ${kv} '${key}'\`, remove it with \`nats kv del\``,
    ),
  );
}

/** Does anybody watch? */
export async function lookAtSeats(
  { leases }: Pick<Ports, 'leases'>,
  directory: Directory,
): Promise<Finding> {
  const held = await leases.list(allSeats);
  const start = 'start one: rollcall collector (or rollcall up)';
  if (held.length > 0) {
    const by = held.map(({ key, text }) => `${key} by ${holderOf(text)}`).join(', ');
    return ok('collectors', `${plural(held.length, 'seat')} held: ${by}`);
  }
  const silent = 'no collector holds a seat: nobody notices a silence, nobody removes what is left';
  return directory.agents().length > 0
    ? wrong('collectors', silent, start)
    : note('collectors', silent, start);
}

function holderOf(text: string | undefined): string {
  try {
    const { host, agent } = SeatRecord.parse(JSON.parse(text ?? ''));
    return `${host}/${agent}`;
  } catch {
    return 'somebody whose record cannot be read';
  }
}
