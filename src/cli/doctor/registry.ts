import { formatDrainTarget } from '../../composition/names/drain-target.ts';
import { formatTarget } from '../../composition/names/host-or-agent.ts';
import { forecastBrakes } from '../../domain/collection/brake-forecast.ts';
import { overdueSince } from '../../domain/collection/hold-end.ts';
import { shadowedServices } from '../../domain/fleet/dns-names.ts';
import { judgingSeats, ttlOfSeat } from '../../domain/fleet/judging-seats.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { unmovedAfter } from '../../domain/policy/lease-policy.ts';
import { type KeyValueEntry, readSeat } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { brakeWords, drainWords, holdWords } from '../tables/fleet-lines.ts';
import { plural } from '../tables/footer.ts';
import { inQuotes, shellWord } from '../terminal/shell-quoted.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Records that are named: one host can write any number. */
const mostShown = 20;

/** Checks that every record can be read, and reports each that cannot. */
export function diagnoseRecords(
  directory: Directory,
  bucket: { readonly stream: string },
): readonly Finding[] {
  const unreadable = directory.unreadable();
  const counted = `${plural(directory.agents().length, 'agent')} and ${plural(directory.instances().length, 'instance')}`;
  if (unreadable.length === 0) return [ok('records', `${counted}, all records readable`)];
  const tooMuch = [...directory.fleet.leftOut].map(([host, keys]) =>
    wrong(
      'records',
      `host ${host} has more than its agents may write: ${plural(keys.size, 'record')} left out of each view, such as ${[...keys][0]}`,
      'find out which process writes them; a login that was stolen is ended by `rollcall access revoke agent HOST`',
    ),
  );
  const shown = unreadable.slice(0, mostShown);
  const more = unreadable.length - shown.length;
  const rest =
    more > 0
      ? [note('records', `${plural(more, 'more record')} cannot be read`, 'see those above')]
      : [];
  const kv = bucket.stream.replace(/^KV_/, '');
  const found = shown.map(({ key, revision, why }) =>
    wrong(
      'records',
      `${key} (revision ${revision}) cannot be read: ${why}`,
      `if a newer version wrote it, update this one; else inspect it with \`nats kv get ${kv} ${inQuotes(key)}\` and remove it with \`rollcall gc remove ${inQuotes(key)}\``,
    ),
  );
  return [...tooMuch, ...found, ...rest];
}

/** Reports services that `rollcall serve --dns` does not serve, because DNS compares names without case. */
export function diagnoseNames(directory: Pick<Directory, 'instances'>): readonly Finding[] {
  const services = new Set(directory.instances().map(({ service }) => service));
  return shadowedServices(services).map((service) =>
    note(
      'names',
      `service '${service}' is not in DNS: the name of another service differs only in upper and lower case`,
      'rename one of them, if you use rollcall serve --dns',
    ),
  );
}

/** Reports holds, drains and braked zones, which are not problems, and an unreadable policy. */
export function diagnosePlans({ fleet }: Directory, now: WallTime): readonly Finding[] {
  const holds = [...fleet.controls.holds()].map(({ record }) => {
    const release = `rollcall release ${shellWord(formatTarget(record))}`;
    return overdueSince(record.until, now) === undefined
      ? note('holds', holdWords(record, now), `to end it early: ${release}`)
      : wrong(
          'holds',
          `${holdWords(record, now)}; no collector whose clock agrees with the server's ended it`,
          `check the clocks (see \`clocks\` and \`collectors\`), or end it: ${release}`,
        );
  });
  const drains = [...fleet.controls.drains()].map(({ record }) => {
    const undrain = `rollcall undrain ${shellWord(formatDrainTarget(record.target))}`;
    const words = drainWords(record, now);
    return record.until === undefined || overdueSince(record.until, now) === undefined
      ? note('drains', words, `to end it: ${undrain}`)
      : wrong(
          'drains',
          `${words}; no collector whose clock agrees with the server's ended it`,
          `check the clocks (see \`clocks\` and \`collectors\`), or end it: ${undrain}`,
        );
  });
  const brakes = forecastBrakes(fleet, now)
    .filter(({ record }) => record !== 'unreadable')
    .map((forecast) =>
      note(
        'brakes',
        brakeWords(forecast, now),
        'check whether the hosts or the network failed; delayed removals: rollcall gc plan',
      ),
    );
  const { policyRecord: policy } = fleet.controls;
  const unread = policy?.kind === 'unreadable';
  const findings = unread
    ? [
        wrong(
          'policy',
          'the policy record is unreadable, so the defaults apply',
          'see `records` above; then set it again: rollcall policy set',
        ),
      ]
    : [];
  const all = [...findings, ...brakes, ...holds, ...drains];
  return all.length > 0 ? all : [ok('plans', 'no active hold or drain, no braked zone')];
}

/** Checks that a collector is active. */
export async function diagnoseSeats(
  { leases }: Pick<Ports, 'leases'>,
  directory: Directory,
): Promise<Finding> {
  const held = await leases.list(allSeats);
  const start = 'start one: rollcall collector (or rollcall up)';
  if (held.length > 0) {
    const namesOf = (seats: readonly KeyValueEntry[]) =>
      seats.map(({ key, text }) => `${key} by ${holderOf(text)}`).join(', ');
    const unmoved = held.filter(isUnmoved);
    const judging = judgingSeats(held).filter((seat) => !unmoved.includes(seat));
    const blind = held.filter((seat) => !judging.includes(seat));
    const active = `${plural(judging.length, 'active collector')}: ${namesOf(judging)}`;
    if (blind.length === 0) return ok('collectors', active);
    const reasons = blind.map((seat) =>
      unmoved.includes(seat)
        ? `not renewed for ${Math.round((seat.age ?? 0) / 1000)} s, and the server does not end it: look at its log, its disk may be full`
        : (readSeat(seat.text)?.why ?? 'its log has the reason'),
    );
    const blindly = `not observing: ${namesOf(blind)} (${[...new Set(reasons)].join('; ')})`;
    const mend = reasons.some((why) => why.includes('refused its commits'))
      ? 'a full stream needs room; too many open batches come from a client that keeps them open (docs/security.md)'
      : 'its log has `blinded` with the watch; run `rollcall doctor` with its login';
    return judging.length > 0
      ? note('collectors', `${active}; ${blindly}`, mend)
      : wrong('collectors', `no collector observes the fleet; ${blindly}`, mend);
  }
  const silent = 'no collector is active: silent agents are not detected, and nothing is removed';
  return directory.agents().length > 0
    ? wrong('collectors', silent, start)
    : note('collectors', silent, start);
}

/** Whether a seat should have ended by now, by the clock of the server. */
const isUnmoved = (seat: KeyValueEntry): boolean =>
  seat.age !== undefined && seat.age >= unmovedAfter(ttlOfSeat(seat));

function holderOf(text: string | undefined): string {
  const seat = readSeat(text);
  return seat ? `${seat.host}/${seat.agent}` : 'a collector with an unreadable record';
}
