import type { Inspection } from '../../composition/store/open-inspection.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { StoreLoss } from '../../domain/store-history/store-loss.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { plural } from '../tables/footer.ts';
import { ago } from '../terminal/format-time.ts';
import { copyFindings } from './copies.ts';
import { type Finding, note, ok, wrong } from './finding.ts';
import { historySize } from './sizes.ts';

/** Checks that the streams exist with the required settings. */
export async function diagnoseSettings(inspection: Inspection): Promise<readonly Finding[]> {
  const { namespace } = inspection.names;
  const format = await inspection.unknownFormat();
  if (format !== undefined) {
    const what = `namespace '${namespace}' has format ${JSON.stringify(format)}, which this version does not know`;
    return [wrong('streams', what, 'upgrade Rollcall here, or use another --namespace')];
  }
  const found = await inspection.findings();
  const restore =
    found.some(({ dangerous }) => dangerous) && (await inspection.unfinishedRestore());
  if (restore) {
    const what = `a restore of namespace '${namespace}' has not finished: by ${restore}`;
    const mend =
      'wait for it; if it was interrupted, begin it again: rollcall restore FOLDER --yes';
    return [wrong('streams', what, mend)];
  }
  const missing = found.filter(({ setting }) => setting === 'name');
  if (missing.length === 4) {
    const what = `namespace '${namespace}' has no streams on this server`;
    return [
      wrong(
        'streams',
        what,
        'check --namespace; the first `rollcall up`, agent or collector creates the streams if its user may; or: rollcall namespace create',
      ),
    ];
  }
  if (found.length === 0)
    return [ok('streams', `the streams of '${namespace}' have the required settings`)];
  const replicated = await replicatedOf(inspection, found);
  return found.map(({ stream, setting, found: is, wanted, dangerous }) => {
    if (setting === 'name') {
      return wrong(
        'streams',
        `stream ${stream} is missing`,
        stream === inspection.names.keyframes.stream
          ? 'create it as a user who may create streams: rollcall namespace create'
          : 'start an agent or a collector: it creates the stream, if its user may; or: rollcall namespace create',
      );
    }
    const values = `${setting} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
    // ADR 9
    if (setting === 'compression' && replicated.has(stream)) {
      return wrong(
        'streams',
        `${stream}: ${values}; nats-server 2.15 destroys a compressed copy if its server is killed`,
        `nats stream edit ${stream} --compression none`,
      );
    }
    return dangerous
      ? wrong(
          'streams',
          `${stream}: ${values}, which breaks a guarantee`,
          `set it with \`nats stream edit ${stream}\`, or use another --namespace`,
        )
      : note('streams', `${stream}: ${values}`, 'harmless if intended');
  });
}

/** The names of the compressed streams that have more than one copy. */
async function replicatedOf(
  inspection: Inspection,
  found: Awaited<ReturnType<Inspection['findings']>>,
): Promise<ReadonlySet<string>> {
  const names = found.filter(({ setting }) => setting === 'compression').map((one) => one.stream);
  const infos = await Promise.all(names.map((name) => inspection.stream(name)));
  return new Set(names.filter((_, n) => (infos[n]?.config.num_replicas ?? 1) > 1));
}

const clocksApart: Millis = seconds(2);

/** Checks the clocks, the replicas of the streams, and the audit. */
export async function diagnoseStreams(inspection: Inspection): Promise<readonly Finding[]> {
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
    outboxFinding(audit.sources?.[0], await inspection.losses()),
    historySize(audit),
  ];
}

/** The server read its clock between `sent` and `answered`. */
function clockFinding(server: number, sent: number, answered: number): Finding {
  if (Number.isNaN(server))
    return note('clocks', 'the server does not report its time', 'nothing depends on it');
  const ahead = server > answered ? server - answered : server < sent ? server - sent : 0;
  const by = `the server's clock is ${(Math.abs(ahead) / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  if (Math.abs(ahead) < clocksApart)
    return ok('clocks', 'the clocks of the server and this machine agree');
  return wrong(
    'clocks',
    by,
    'run NTP on both; leases are not affected, but times in views and audit are',
  );
}

type Info = NonNullable<Awaited<ReturnType<Inspection['stream']>>>;

function outboxFinding(
  source: NonNullable<Info['sources']>[number] | undefined,
  losses: readonly StoreLoss[],
): Finding {
  if (!source)
    return wrong(
      'audit',
      'the audit stream has no source: it receives no events',
      'see `streams` above',
    );
  if (source.error) {
    return wrong(
      'audit',
      `the audit cannot follow the registry: ${source.error.description}`,
      'check the servers of both streams',
    );
  }
  if (losses.length > 0)
    return note(
      'audit',
      'the store has lost data, so it is not known whether the audit has every event',
      'see `losses` below',
    );
  if (source.lag === 0) return ok('audit', 'the audit has every event');
  const lastContact = source.active < 0 ? 'never' : `${ago(0, source.active / 1e6)} ago`;
  const what = `${plural(source.lag, 'event')} not in the audit yet; last contact with the registry: ${lastContact}`;
  return note(
    'audit',
    what,
    'no event is lost, they wait in the registry; if this persists, check the servers',
  );
}
