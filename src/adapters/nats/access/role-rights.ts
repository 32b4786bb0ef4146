import { encodeSubjectToken } from '../../../domain/identity/subject-token.ts';
import { statsSubject } from '../connection/js-domain.ts';
import { type SubjectNames, subjectNamesOf } from '../connection/subject-names.ts';
import { userInfoSubject } from '../connection/user-rights.ts';
import { listSubject } from '../disconnects/connection-lists.ts';
import { advisorySubject } from '../disconnects/disconnects.ts';
import { inboxPrefixOf, type Member } from './member.ts';

/** What a login may do, as subjects. */
export interface Rights {
  /** Subjects of the account with the streams: to publish to, and to get replies from. */
  readonly services: readonly string[];
  /** Subjects that others may send to this login. */
  readonly served: readonly string[];
  /** Whether the servers may deliver messages of consumers to its inbox. */
  readonly receives: boolean;
  /** Further subjects to subscribe to. */
  readonly listens: readonly string[];
}

/** The least rights with which the role works. */
export function rightsOf(member: Member): Rights {
  const names = subjectNamesOf(member.namespace);
  const none = { served: [], receives: false, listens: [] };
  switch (member.role) {
    case 'agent':
      return agentRights(names, member);
    case 'collector':
      return { ...none, services: collecting(names), listens: [advisorySubject] };
    case 'deploy':
      return { ...none, services: deploying(names) };
    case 'consumer':
      return { ...none, services: consuming(names), receives: true };
    case 'auditor':
      return { ...none, services: reading(names), receives: true };
    case 'operator':
    case 'dashboard':
      return { ...none, services: [...reading(names), ...planning(names)], receives: true };
    default:
      return member.role satisfies never;
  }
}

/**
 * An agent reads and writes the keys of its own host, one by one. It has no consumer, and it cannot ask for
 * any message of a stream: the body of such a request names the message, and no permission restricts a body.
 */
function agentRights(names: SubjectNames, { name, services }: Member): Rights {
  const host = encodeSubjectToken(name);
  const { leases, registry, auditStream, auditPrefix, eventPrefix, runPrefix } = names;
  const instances = (services ?? []).map((service) => encodeSubjectToken(service));
  const lease = `${leases.prefix}run.${host}.>`;
  const records = [
    `${registry.prefix}agent.${host}.*`,
    ...(services === undefined
      ? [`${registry.prefix}instance.${host}.>`]
      : instances.map((service) => `${registry.prefix}instance.${host}.*.${service}.*`)),
  ];
  // Of runs, of sessions and of instances; not of holds, whose subjects have another form.
  const ofRuns = ['*.*.*', '*.*.session.*', '*.*.collector.*'];
  const ofInstances =
    services === undefined ? ['*.*.*.*.*'] : instances.map((service) => `*.*.${service}.*.*`);
  const events = [...ofRuns, ...ofInstances].map((form) => `${host}.${form}`);
  return {
    services: [
      lease,
      direct(leases.stream, lease),
      ...[...records, ...events.map((event) => eventPrefix + event)].flatMap((subject) => [
        subject,
        direct(registry.stream, subject),
      ]),
      ...events.map((event) => direct(auditStream, auditPrefix + event)),
    ],
    served: [`${runPrefix}${host}.>`],
    receives: false,
    listens: [],
  };
}

/** The subject of a request for the last message of a subject. */
const direct = (stream: string, subject: string): string =>
  `$JS.API.DIRECT.GET.${stream}.${subject}`;

const streamsOf = ({ leases, registry, keyframes, auditStream }: SubjectNames) => [
  leases.stream,
  registry.stream,
  keyframes.stream,
  auditStream,
];

const answersFlowControl = '$JS.FC.>';

/** All four streams. */
const reading = (names: SubjectNames): readonly string[] => [
  '$JS.API.INFO',
  answersFlowControl,
  ...streamsOf(names).flatMap((stream) => [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    ...consumersOf(stream, '>'),
  ]),
];

/** A name is the only right to a consumer that exists, and it is random. */
const consumersOf = (stream: string, created: string): readonly string[] => [
  `$JS.API.CONSUMER.CREATE.${stream}.${created}`,
  `$JS.API.CONSUMER.INFO.${stream}.*`,
  `$JS.API.CONSUMER.DELETE.${stream}.*`,
];

/** The records and the seats; not the events. */
const consuming = (names: SubjectNames): readonly string[] => [
  '$JS.API.INFO',
  answersFlowControl,
  ...streamsOf(names).map((stream) => `$JS.API.STREAM.INFO.${stream}`),
  ...[names.registry, names.leases].map(({ stream }) => `$JS.API.STREAM.MSG.GET.${stream}`),
  ...consumersOf(names.registry.stream, `*.${names.registry.prefix}>`),
];

const planning = ({ registry, eventPrefix }: SubjectNames): readonly string[] => [
  `${registry.prefix}hold.>`,
  `${registry.prefix}drain.>`,
  `${registry.prefix}policy`,
  `${eventPrefix}*.*.*.hold.*`,
  `${eventPrefix}=drain.>`,
  `${eventPrefix}=fleet.>`,
];

/** Not the settings of the audit stream: no permission restricts which of them a request changes (docs/adr/0022-limits-by-deploy.md). */
const collecting = (names: SubjectNames): readonly string[] => [
  ...reading(names),
  `${names.leases.prefix}>`,
  `${names.registry.prefix}>`,
  `${names.keyframes.prefix}>`,
  `${names.eventPrefix}>`,
  `${names.fencePrefix}>`,
  `${names.runPrefix}>`,
  `$JS.API.STREAM.PURGE.${names.registry.stream}`,
  `$JS.API.STREAM.PURGE.${names.keyframes.stream}`,
];

const deploying = (names: SubjectNames): readonly string[] => [
  ...reading(names),
  `${names.keyframes.prefix}chart.>`,
  ...streamsOf(names).flatMap((stream) =>
    ['CREATE', 'UPDATE', 'DELETE'].map((what) => `$JS.API.STREAM.${what}.${stream}`),
  ),
];

/** What a login may ask the servers about its own account: its connections and domains. An agent asks nothing. */
const asksServers = ({ role }: Member): readonly string[] =>
  role === 'agent' ? [] : role === 'collector' ? [statsSubject, listSubject] : [statsSubject];

/** What a login may publish to and subscribe to. */
export function permissionsOf(member: Member) {
  const { services, served, listens } = rightsOf(member);
  return {
    publish: [...services, ...served, userInfoSubject, ...asksServers(member)],
    subscribe: [`${inboxPrefixOf(member)}.>`, ...served, ...listens],
    // A reply goes where the request says, and only once.
    allowResponses: served.length > 0,
  };
}
