import { formatTarget } from '../../composition/host-or-agent.ts';
import { forecastBrakes } from '../../domain/collection/brake-forecast.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { SeatRecord } from '../../domain/records/schemas.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { brakeWords, holdWords } from '../tables/fleet-lines.ts';
import { plural } from '../tables/footer.ts';
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

/** What is planned, which zones are braked: nothing is wrong with it, and somebody should know. */
export function lookAtPlans({ fleet }: Directory, now: WallTime): readonly Finding[] {
  const holds = [...fleet.controls.holds()].map(({ record }) =>
    note(
      'holds',
      holdWords(record, now),
      `to end it before: rollcall release ${formatTarget(record)}`,
    ),
  );
  const brakes = forecastBrakes(fleet, now)
    .filter(({ record }) => record !== 'unreadable')
    .map((forecast) =>
      note(
        'brakes',
        brakeWords(forecast, now),
        'are those hosts gone, or the network? who waits for what: rollcall gc plan',
      ),
    );
  const { policyRecord: policy } = fleet.controls;
  const unread = policy?.kind === 'unreadable';
  const said = unread
    ? [
        wrong(
          'policy',
          'it cannot be read, so the defaults hold',
          'see `records` above; then say it anew: rollcall policy set',
        ),
      ]
    : [];
  if (holds.length + brakes.length + said.length > 0) return [...said, ...brakes, ...holds];
  return [ok('plans', 'no hold stands, no zone is braked')];
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
