/** The folders of each layer in tiers: a folder may import those of earlier tiers, and none of its own. */

export const runtimeTiers = [
  ['support'],
  ['transitions', 'directory', 'collector/observe'],
  ['collector/execute', 'audit/verifier', 'operator'],
  ['audit/keyframes'],
  ['audit/anchors'],
  ['audit', 'collector'],
  ['agent'],
];

export const natsTiers = [
  ['login'],
  ['connection'],
  ['streams'],
  ['read', 'write'],
  ['history'],
  ['outbox', 'disconnects', 'backup'],
  ['access'],
];

export const cliTiers = [
  ['terminal'],
  ['charts', 'agent'],
  ['command/settings'],
  ['command', 'tables'],
  ['session', 'gc', 'doctor'],
  ['dashboard'],
  ['audit'],
  ['why', 'losses', 'demo', 'conform/stage', 'namespace', 'up'],
  ['conform/scenarios'],
  ['conform'],
  ['completion'],
  ['commands', 'commands/access', 'commands/context'],
];

export const webTiers = [
  ['protocol'],
  ['format', 'worker'],
  ['model'],
  ['state'],
  ['widgets'],
  ['shell'],
  ['screens/machines'],
  ['screens/entity', 'screens/fleet', 'screens/gc', 'screens/services', 'screens/timeline'],
];

export const domainTiers = [
  ['filter', 'identity', 'policy', 'store-history'],
  ['records'],
  ['registrations'],
  ['events'],
  ['fleet', 'replay'],
  ['conformance'],
  ['collection', 'losses'],
];

export const benchTiers = [['history', 'environment'], ['processes'], ['fixture']];

export const compositionTiers = [['time', 'names', 'store'], ['access'], ['instances', 'services']];
