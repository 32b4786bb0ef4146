/**
 * Every file that reads what somebody else may have written, and the fuzz that gives it anything. A file
 * that parses and is not in here makes `parsers.test.ts` red.
 */
export const fuzzed: Readonly<Record<string, readonly string[]>> = {
  'records.test.ts': ['domain/entry', 'domain/json'],
  'names.test.ts': ['domain/keys', 'domain/token', 'adapters/nats/connection-name'],
  'events.test.ts': ['domain/recorded', 'domain/compare', 'cli/audit-event', 'cli/evidence'],
  'keyframes.test.ts': ['domain/keyframe', 'runtime/keyframe'],
  'files.test.ts': [
    'adapters/files/config',
    'adapters/files/document',
    'adapters/files/history-line',
    'adapters/files/instances',
    'adapters/files/lines',
    'adapters/system/host-id',
    'cli/checkpoints',
    'cli/settings/common',
    'cli/settings/read',
  ],
  'server-said.test.ts': [
    'adapters/nats/api',
    'adapters/nats/connection-lists',
    'adapters/nats/departures',
    'adapters/nats/keyframes',
    'adapters/nats/message',
    'adapters/nats/probe',
    'adapters/nats/publish',
  ],
  'machine.test.ts': ['adapters/embedded/ready'],
  'command-line.test.ts': [
    'cli/access',
    'cli/audit-entity',
    'cli/find-moment',
    'cli/moment',
    'cli/place',
    'cli/policy-settings',
  ],
  'library.test.ts': ['cli/library/options'],
  'fleet.test.ts': ['runtime/seat', 'runtime/lost-tails'],
  'charts.test.ts': [
    'charts/read-chart',
    'cli/charts-beside',
    'dashboard/page/bookmarks',
    'dashboard/page/subject',
  ],
  'inspection.test.ts': ['cli/doctor/registry'],
  'page.test.ts': ['dashboard/page/feed'],
  'dashboard.test.ts': [
    'dashboard/server/actions',
    'dashboard/server/audit',
    'dashboard/server/events',
    'dashboard/server/explain',
    'dashboard/server/query',
  ],
};

/** What parses and reads nothing of somebody else's, and why. */
export const ours: Readonly<Record<string, string>> = {
  'adapters/nats/retention': 'the time in an answer that askApi has read; what is no time is NaN',
  'adapters/system/entropy': 'a run id that it has just made',
  'cli/checks': 'a key of a map that it wrote itself',
  'cli/commands/collector': 'a default',
  'cli/commands/run': 'a default',
  'cli/commands/up': 'a default',
  'cli/demo/actor': 'the first line of a process of this very program',
  'cli/demo/stage': 'constants',
  'cli/doctor/streams': 'a time in an answer that askApi has read; what is no time is NaN',
  'cli/commands/ui': 'a default',
  'cli/operator': 'a default',
  'cli/version': 'the package’s own package.json',
  'cli/why/doubt': 'evidence of an event that was read, by the schema of cli/evidence',
  'dashboard/page/answers':
    'what the server that sent the page answers; what is no JSON is said to have failed',
  'dashboard/server/recording': 'events that it has packed itself',
  'domain/brake': 'a constant',
  'domain/fleet-policy': 'a constant',
  'runtime/visit': 'the text of events that it has just sealed',
};
