import type { Inspection } from '../../composition/open-inspection.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { plural } from '../tables/footer.ts';
import { ago } from '../terminal/format-time.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Are the streams there, and as they must be? */
export async function lookAtSettings(inspection: Inspection): Promise<readonly Finding[]> {
  const { namespace } = inspection.names;
  const found = await inspection.findings();
  const missing = found.filter(({ setting }) => setting === 'name');
  if (missing.length === 4) {
    const what = `namespace '${namespace}' has no streams on this server`;
    return [
      wrong(
        'streams',
        what,
        'the first `rollcall up`, agent or collector makes them; or is it another --namespace?',
      ),
    ];
  }
  if (found.length === 0)
    return [ok('streams', `the streams of '${namespace}' are as they should be`)];
  return found.map(({ stream, setting, found: is, wanted, dangerous }) => {
    if (setting === 'name') {
      return wrong(
        'streams',
        `stream ${stream} is missing`,
        stream === inspection.names.keyframes.stream
          ? 'is the namespace older than its keyframes? any command of a user who may create streams makes it: rollcall ps'
          : 'start an agent or a collector: it makes the stream again',
      );
    }
    const values = `${setting} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
    return dangerous
      ? wrong(
          'streams',
          `${stream}: ${values}: a promise breaks with that`,
          `set it with \`nats stream edit ${stream}\`, or use another --namespace`,
        )
      : note('streams', `${stream}: ${values}`, 'harms nobody, if it is meant so');
  });
}

const clocksApart: Millis = seconds(2);
const copyBehind: Millis = seconds(10);

/** Do the clocks agree, do all copies follow, does the audit get what happens? */
export async function lookAtStreams(inspection: Inspection): Promise<readonly Finding[]> {
  const { names, stream } = inspection;
  const sent = systemAdapters.clock.wall();
  const registry = await stream(names.registry.stream);
  const answered = systemAdapters.clock.wall();
  const audit = await stream(names.auditStream);
  const leases = await stream(names.leases.stream);
  if (!registry || !audit || !leases) return [];
  return [
    clockFinding(Date.parse(String(registry.ts)), sent, answered),
    ...[leases, registry, audit].flatMap((info) => copyFindings(info)),
    outboxFinding(audit.sources?.[0]),
  ];
}

/** By whom it is late is not known: the server's clock is read on the way. */
function clockFinding(server: number, sent: number, answered: number): Finding {
  if (Number.isNaN(server))
    return note('clocks', 'the server does not say its time', 'nothing depends on it');
  const ahead = server > answered ? server - answered : server < sent ? server - sent : 0;
  const by = `the server's clock is ${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  if (Math.abs(ahead) < clocksApart)
    return ok('clocks', 'the server and this machine have the same time');
  return wrong(
    'clocks',
    by,
    'leases do not depend on it, but times in views and audit do: run NTP on both',
  );
}

type Info = NonNullable<Awaited<ReturnType<Inspection['stream']>>>;

function copyFindings({ config, cluster }: Info): readonly Finding[] {
  const behind = (cluster?.replicas ?? []).filter(
    ({ current, offline, active }) => offline === true || (!current && active / 1e6 > copyBehind),
  );
  return behind.map(({ name, offline }) =>
    wrong(
      'copies',
      `${config.name}: the copy on ${name} is ${offline ? 'offline' : 'behind'}`,
      'look at that server: one more that fails may leave the stream without a leader',
    ),
  );
}

function outboxFinding(source: NonNullable<Info['sources']>[number] | undefined): Finding {
  if (!source)
    return wrong(
      'audit',
      'the audit has no source: no event reaches it',
      'make its stream again: see `streams` above',
    );
  if (source.error) {
    return wrong(
      'audit',
      `the audit cannot follow the registry: ${source.error.description}`,
      'look at the servers of both streams',
    );
  }
  if (source.lag === 0) return ok('audit', 'the audit has every event');
  const heard = source.active < 0 ? 'never' : `${ago(0, source.active / 1e6)} ago`;
  const what = `${plural(source.lag, 'event')} not in the audit yet; it last heard of the registry ${heard}`;
  return note(
    'audit',
    what,
    'nothing is lost: they wait in the registry; if it stays so, look at the servers',
  );
}
