import { Fault } from '../../domain/fault.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
  ZoneName,
} from '../../domain/identity/names.ts';
import {
  agentMapKey,
  brakeKey,
  drainKey,
  holdKey,
  policyKey,
} from '../../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { formatDrainTarget, parseDrainTarget } from './drain-target.ts';
import { escaped, formatTarget, named, parseTarget, unescaped } from './host-or-agent.ts';

/** An entity of the audit, and the subjects of its events. */
export interface Entity {
  readonly kind: 'agent' | 'run' | 'instance' | 'hold' | 'drain' | 'brake' | 'policy';
  /** Its unambiguous name. */
  readonly exact: string;
  /** Its own transitions, as subject patterns below the namespace. */
  readonly own: readonly string[];
  /** Its own transitions and those of the entities that belong to it. */
  readonly all: readonly string[];
  /** The chains of its records, without those of its process. */
  readonly chains: readonly string[];
  /** Its records, as filters of the registry. Empty for a run, because its slot is not known. */
  readonly records: readonly string[];
}

const rule =
  'HOST/AGENT, a run id, SERVICE/ID, hold:HOST[/AGENT], drain:HOST, drain:SERVICE/ID, brake:ZONE, or policy';

/**
 * All entities that a text may name. A name may contain slashes, so each slash may be the separator. A
 * prefix `agent:`, `run:`, `instance:`, `hold:`, `drain:` or `brake:` sets the kind, and `%2F` is a slash in a name.
 * `policy` is the policy of the fleet.
 * @throws {Fault} `bad-name`
 */
export function parseEntity(text: string): readonly Entity[] {
  const [, kind, name = ''] = /^(agent|run|instance|hold|drain|brake):(.*)$/su.exec(text) ?? [];
  if (text === 'policy') return [policyEntity];
  if (kind === 'hold') return [holdEntity(name)];
  if (kind === 'drain') return [drainEntity(name)];
  if (kind === 'brake') return [brakeEntity(unescaped(name))];
  if (kind === undefined) {
    const run = RunId.safeParse(text).success ? [runEntity(text)] : [];
    const found = [
      ...run,
      ...pairs(text).flatMap(([a, b]) => [agentEntity(a, b), instanceEntity(a, b)]),
    ];
    if (found.length > 0) return found;
    throw new Fault('bad-name', `'${text}' is not the name of an entity: ${rule}`);
  }
  if (kind === 'run') {
    if (RunId.safeParse(name).success) return [runEntity(name)];
    throw new Fault('bad-name', `'${name}' is not a run id: 8 to 64 characters, each 0-9 or a-z`);
  }
  const [a, b, ...more] = name.split('/').map(unescaped);
  if (a && b && more.length === 0)
    return [kind === 'agent' ? agentEntity(a, b) : instanceEntity(a, b)];
  throw new Fault(
    'bad-name',
    `'${text}' is not the name of an ${kind}: it has two parts with one slash between them`,
    {
      hint: 'write a slash within a name as %2F, a percent sign as %25',
    },
  );
}

/** The text before and after each slash, where neither is empty. */
const pairs = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/\//g)]
    .map(({ index }) => [text.slice(0, index), text.slice(index + 1)] as const)
    .filter(([before, after]) => before !== '' && after !== '');

function agentEntity(host: string, agent: string): Entity {
  const slot = agentMapKey({ host: named(HostId, host), agent: named(AgentName, agent) });
  return {
    kind: 'agent',
    exact: `agent:${escaped(host)}/${escaped(agent)}`,
    own: [`${slot}.*.*`, `${slot}.*.session.*`, `${slot}.*.collector.*`],
    all: [`${slot}.>`],
    chains: [`${slot}.*.*`],
    records: [`agent.${slot}`, `instance.${slot}.>`],
  };
}

const runEntity = (run: string): Entity => ({
  kind: 'run',
  exact: `run:${run}`,
  own: [`*.*.${run}.*`, `*.*.${run}.session.*`, `*.*.${run}.collector.*`],
  all: [`*.*.${run}.>`],
  chains: [`*.*.${run}.*`],
  records: [],
});

function instanceEntity(service: string, id: string): Entity {
  const names = [named(ServiceName, service), named(InstanceId, id)]
    .map(encodeSubjectToken)
    .join('.');
  const filters = [`*.*.*.${names}.*`];
  return {
    kind: 'instance',
    exact: `instance:${escaped(service)}/${escaped(id)}`,
    own: filters,
    all: filters,
    chains: filters,
    records: [`instance.*.*.${names}`],
  };
}

/** An entity of the whole fleet: it has one record, and no entities belong to it. */
const fleetEntity = (kind: Entity['kind'], exact: string, key: string, events: string): Entity => ({
  ...{ kind, exact, own: [events], all: [events], chains: [events], records: [key] },
});

function holdEntity(text: string): Entity {
  const place = parseTarget(text);
  const { host, agent } = place;
  const events = `${encodeSubjectToken(host)}.${agent === undefined ? '=every' : encodeSubjectToken(agent)}.*.hold.*`;
  return fleetEntity('hold', `hold:${formatTarget(place)}`, holdKey(host, agent), events);
}

function drainEntity(text: string): Entity {
  const target = parseDrainTarget(text);
  const tokens = Object.values(target).map(encodeSubjectToken).join('.');
  const exact = `drain:${formatDrainTarget(target)}`;
  return fleetEntity('drain', exact, drainKey(target), `=drain.${tokens}.*.drain.*`);
}

function brakeEntity(name: string): Entity {
  const zone = named(ZoneName, name);
  const events = `=zone.${encodeSubjectToken(zone)}.*.brake.*`;
  return fleetEntity('brake', `brake:${escaped(zone)}`, brakeKey(zone), events);
}

const policyEntity = fleetEntity('policy', 'policy', policyKey, '=fleet.=policy.*.policy.*');
