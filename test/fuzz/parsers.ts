/**
 * Every file that reads text of other writers, and the fuzz test that gives it arbitrary input. A file
 * that parses and is missing here makes `parsers.test.ts` fail.
 */
export const fuzzed: Readonly<Record<string, readonly string[]>> = {
  'records.test.ts': ['domain/records/stored-record', 'domain/json'],
  'names.test.ts': [
    'domain/identity/registry-keys',
    'domain/identity/subject-token',
    'adapters/nats/connection/connection-name',
  ],
  'events.test.ts': [
    'domain/events/audit-entry',
    'domain/replay/record-diff',
    'cli/audit/event-lines',
    'cli/audit/evidence-text',
  ],
  'keyframes.test.ts': [
    'domain/replay/keyframe-format',
    'runtime/audit/keyframes/codec',
    'runtime/audit/verifier/check-record',
    'runtime/audit/verifier/verifier',
  ],
  'files.test.ts': [
    'domain/replay/anchor',
    'adapters/files/history-line',
    'adapters/files/backup-folder',
    'adapters/files/read-lines',
    'cli/audit/verify-checkpoint',
  ],
  'settings-files.test.ts': [
    'adapters/files/config-file',
    'adapters/files/yaml-document',
    'adapters/files/instances-file',
    'adapters/system/host-id',
    'cli/command/settings/common',
    'cli/command/settings/read',
  ],
  'server-answers.test.ts': [
    'adapters/nats/connection/jetstream-api',
    'adapters/nats/disconnects/connection-lists',
    'adapters/nats/disconnects/disconnects',
    'adapters/nats/keyframes',
    'adapters/nats/connection/message',
    'adapters/nats/run-messaging',
    'adapters/nats/write/publish',
  ],
  'access/user-rights.test.ts': ['adapters/nats/connection/user-rights'],
  'access/certificates.test.ts': ['adapters/certificates/read'],
  'machine.test.ts': ['adapters/embedded/ports-file'],
  'command-line.test.ts': [
    'adapters/nats/connection/credentials-expiry',
    'composition/store/access',
    'composition/access/contexts',
    'composition/names/entity-name',
    'composition/time/find-moment',
    'composition/time/moment-expression',
    'composition/names/host-or-agent',
    'cli/command/settings/policy-settings',
  ],
  'sources/docker.test.ts': [
    'adapters/docker/container-labels',
    'adapters/docker/container-instances',
    'adapters/docker/engine',
    'composition/instances/docker-source',
  ],
  'sources/client-stream.test.ts': [
    'adapters/conformance/client-stream',
    'domain/conformance/traffic',
  ],
  'sources/local-api.test.ts': ['adapters/local-api/request', 'adapters/local-api/routes'],
  'sources/registrations.test.ts': [
    'composition/instances/registration-file',
    'cli/command/settings/api',
  ],
  'doors/dns-door.test.ts': ['adapters/doors/dns/dns-query'],
  'doors/file-door.test.ts': ['adapters/doors/file/template'],
  'http-door.test.ts': ['adapters/doors/http/queries', 'adapters/doors/http/routes'],
  'view-snapshot.test.ts': ['adapters/files/view-snapshot'],
  'library.test.ts': ['library/options'],
  'charts.test.ts': [
    'charts/model/parse-chart',
    'cli/audit/exported-charts',
    'dashboard/web/model/subject',
    'dashboard/web/state/route',
    'dashboard/web/format/parse-time',
  ],
  'dashboard/page.test.ts': ['dashboard/web/worker/event-source'],
  'dashboard/requests.test.ts': [
    'dashboard/server/routes/actions',
    'dashboard/server/routes/export',
    'dashboard/server/routes/events',
    'dashboard/server/routes/explain',
    'dashboard/server/http/request-schema',
  ],
};

/** Files that parse only text of the program itself, with the reason. */
export const ours: Readonly<Record<string, string>> = {
  'adapters/nats/audit': 'a time in an answer that askApi has read; an invalid time is NaN',
  'adapters/nats/backup/stream-copy': 'answers of the server, by jsonOf: another form is a Fault',
  'adapters/nats/outbox/retention':
    'the time in an answer that askApi has read; an invalid time is NaN',
  'adapters/nats/streams/stream-info':
    'the time in an answer that askApi has read; an invalid time is a Fault',
  'composition/docker': 'a record that was read before',
  'domain/records/record-validity': 'records of events, whose test compares it with the schema',
  'adapters/doors/http/openapi': 'no text: it describes schemas of its own',
  'cli/command/settings/services': 'arguments, by a schema: an invalid one is a Fault',
  'adapters/local-api/openapi': 'no text: it describes schemas of its own',
  'adapters/nats/connection/js-domain':
    'an answer of the server, by jsonOf; what has another form is left out',
  'adapters/nats/read/own-key-read':
    'a time in an answer of the server; a sequence that is not a number makes it read again',
  'composition/store/local-members': 'two lines that `rollcall up` wrote for its own user alone',
  'composition/access/operator-keys': 'its own file: another content is a Fault',
  'composition/access/access-folder': 'its own file: another content is a Fault',
  'composition/access/access-state': 'its own members',
  'cli/session/access': 'arguments, by a schema: an invalid one is a Fault',
  'cli/commands/namespace-drop': 'arguments, by a schema: an invalid one is a Fault',
  'adapters/system/entropy': 'a run id that it generated itself',
  'adapters/nats/history/store-mark': 'any text: an unreadable mark counts as empty',
  'adapters/system/health/http-check': 'addresses: an invalid one is a failed check',
  'composition/instances/check-setting':
    'an address of the command line: an invalid one is a Fault',
  'composition/instances/running-checks': 'a key of a map that it wrote itself',
  'composition/memory-fleet': 'a number that it counted itself',
  'cli/commands/collector': 'a default',
  'cli/commands/run': 'a default',
  'cli/commands/up': 'a default',
  'cli/conform/scenarios/lives': 'constants',
  'cli/conform/stage/stage': 'constants',
  'cli/conform/stage/trial': 'constants, and a run id of a record that was read',
  'cli/demo/demo-agent': 'the first line of a process of this program',
  'cli/demo/environment': 'constants',
  'cli/doctor/streams': 'a time in an answer that askApi has read; an invalid time is NaN',
  'cli/commands/ui': 'a default',
  'cli/session/operator': 'a default',
  'cli/command/version': 'the package’s own package.json',
  'cli/why/suspect-next': 'evidence of an event that was read, by the schema of cli/evidence',
  'dashboard/web/screens/machines/highlight-chart':
    'ids of a picture from the dashboard server, written by encodeURIComponent',
  'dashboard/web/state/use-query':
    'answers of the server that sent the page; an answer that is not JSON counts as failed',
  'dashboard/server/history/to-row': 'the policy of a record: PolicyRecord has the same rule',
  'dashboard/server/history/recorded-source': 'events that it compressed itself',
  'domain/collection/brake': 'a constant',
  'domain/policy/fleet-policy': 'a record that was read before; it asks for one field',
  'runtime/audit/verifier/recorded-losses': 'events, by the parser that events.test.ts reads with',
  'runtime/transitions/store-changes': 'an id that it built itself',
  'runtime/operator/remove-record':
    'a key by the parser that names.test.ts reads with; events by that of events.test.ts',
  'runtime/collector/manual-collection': 'the text of events that it sealed itself',
};
