import { permits } from '../../composition/access/login-rights.ts';
import type { Inspection } from '../../composition/store/open-inspection.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Checks that the server has JetStream and a supported version. */
export async function diagnoseServer(inspection: Inspection): Promise<readonly Finding[]> {
  const { info } = inspection.connection;
  const server = `nats-server ${info?.version ?? 'of unknown version'} at ${inspection.connection.getServer()}`;
  try {
    await inspection.checkServer();
    const { ownDomain: domain } = inspection;
    const cluster = info?.cluster === undefined ? '' : `, cluster '${info.cluster}'`;
    const named = domain === '' ? '' : ` of the domain '${domain}'`;
    return [
      ok('server', `${server}${cluster}, with JetStream${named}`),
      ...payloadFindings(info?.max_payload),
      ...(await diagnoseDomains(inspection)),
    ];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [wrong('server', cause.message, cause.hint ?? `see the log of ${server}`)];
  }
}

/** A chunk of a keyframe: 128 Ki characters of at most three bytes each, and its headers. */
const neededPayload = 400 * 1024;

function payloadFindings(limit: number | undefined): readonly Finding[] {
  if (limit === undefined || limit >= neededPayload) return [];
  return [
    note(
      'payload',
      `the server accepts messages of at most ${limit} bytes (max_payload): a larger instance is refused by name, and keyframes may not be stored`,
      `set max_payload to at least ${neededPayload}`,
    ),
  ];
}

/** Leaf nodes connect servers with JetStreams of their own, and a namespace must be in one of them only. */
async function diagnoseDomains(inspection: Inspection): Promise<readonly Finding[]> {
  const { ownDomain: own, domains, domainsWith } = inspection;
  const { others = [] } = (await domains()) ?? {};
  if (others.length === 0) return [];
  const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');
  const found = await domainsWith([own, ...others]);
  if (found.length < 2) {
    return [
      ok('domain', `leaf nodes connect this server to the JetStream domains ${quoted(others)}`),
    ];
  }
  const { namespace } = inspection.names;
  return [
    wrong(
      'domain',
      `namespace '${namespace}' is in the JetStream domains ${quoted(found)}: each has its own fleet, and the audit of the hub has events of both`,
      'start all processes with --js-domain and the name of one of them, and delete the streams in the others',
    ),
  ];
}

const advisoryWithin: Millis = seconds(1);

/**
 * Checks whether disconnect advisories arrive, by closing a connection: a subscription without
 * permission is not refused, it just receives nothing.
 */
export async function diagnoseAdvisories(inspection: Inspection): Promise<Finding> {
  const { connection, connect, advisories } = inspection;
  // A refused subscription would be a violation in the log of the server.
  const rights = await inspection.rights();
  if (rights && !permits(rights.subscribe, advisories)) {
    return note(
      'advisories',
      'this login may not receive reports of closed connections; only collectors need them',
      'to check whether they get them: rollcall doctor --login DIR, with the login of a collector',
    );
  }
  const name = `rollcall doctor ${systemAdapters.entropy.eventId()}`;
  const heard = Promise.withResolvers<boolean>();
  const subscription = connection.subscribe(advisories, {
    callback: (error, message) => {
      if (error || message.string().includes(name)) heard.resolve(!error);
    },
  });
  await connection.flush();
  await (await connect(name)).close();
  void systemAdapters.clock.sleep(advisoryWithin).then(() => heard.resolve(false));
  const granted = await heard.promise;
  subscription.unsubscribe();
  if (granted) return ok('advisories', 'the server reports closed connections immediately');
  return note(
    'advisories',
    'the server does not report closed connections: a killed process is detected later',
    'import $SYS.ACCOUNT.<account>.DISCONNECT from the system account (docs/how-to/detect-killed-processes.md)',
  );
}
