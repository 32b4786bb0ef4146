import { type Entity, parseEntity } from '../../composition/names/entity-name.ts';
import { escaped, named, unescaped } from '../../composition/names/host-or-agent.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { Fault } from '../../domain/fault.ts';
import { Name } from '../../domain/identity/names.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { flapsWithin } from '../../domain/policy/flaps.ts';
import type { OpenHistory } from '../audit/open-history.ts';
import type { Explanation, ExplanationContext } from './context.ts';
import { explain } from './explain.ts';

/** A service or a host: a name whose members are explained. */
export interface Group {
  readonly kind: 'service' | 'host';
  readonly name: string;
  /** In the order of their names. */
  readonly members: readonly Member[];
}

interface Member {
  /** `SERVICE/ID` or `HOST/AGENT`. */
  readonly name: string;
  readonly explanations: readonly Explanation[];
}

type Kind = Group['kind'];

/** The groups that a text may name: `web`, `service:web`, `host:db-1`. Undefined: it names one entity. */
export function parseGroup(
  text: string,
): { readonly kinds: readonly Kind[]; readonly name: string } | undefined {
  const [, kind, named] = /^(service|host):(.+)$/su.exec(text) ?? [];
  if (named !== undefined) return { kinds: [kind === 'host' ? 'host' : 'service'], name: named };
  const isOne =
    text === '' || text === 'policy' || /\/|^(agent|run|instance|hold|drain|brake):/.test(text);
  return isOne ? undefined : { kinds: ['service', 'host'], name: text };
}

/**
 * Explains all instances of a service, or all agents of a host: those with a record, and those that ended in the
 * last 24 hours without being stopped.
 * @throws {Fault} `not-found`
 */
export async function explainGroups(
  { kinds, name: text }: NonNullable<ReturnType<typeof parseGroup>>,
  opened: Pick<OpenHistory, 'history' | 'name'>,
  contextOf: (entities: readonly Entity[]) => Promise<ExplanationContext>,
): Promise<readonly Group[]> {
  const name = named(Name, unescaped(text));
  const shape = shapeOf(kinds, name);
  const context = await contextOf([shape]);
  const groups: Group[] = [];
  for (const kind of kinds) {
    const members: Member[] = [];
    const lost = await lostMembers(kind, name, context);
    for (const member of [...new Set([...membersOf(kind, name, context), ...lost])].toSorted()) {
      const [entity] = parseEntity(`${kind === 'service' ? 'instance' : 'agent'}:${member}`);
      const explanations = entity ? await explain(entity, context) : [];
      if (explanations.length > 0) members.push({ name: member, explanations });
    }
    if (members.length > 0) groups.push({ kind, name, members });
  }
  if (groups.length > 0) return groups;
  throw new Fault(
    'not-found',
    `'${text.slice(0, 80)}' is neither a service nor a host in ${opened.name}`,
    {
      hint: 'an instance is SERVICE/ID, an agent is HOST/AGENT; to list them: rollcall ps, rollcall agents; what was lost: rollcall lost',
    },
  );
}

/** What must be read for a group, in the shape of an entity. */
function shapeOf(kinds: readonly Kind[], name: string): Entity {
  const token = encodeSubjectToken(name);
  const records = {
    service: [`instance.*.*.${token}.*`],
    host: [`agent.${token}.*`, `instance.${token}.>`],
  };
  const none = { own: [], all: [], chains: [] };
  return { kind: 'agent', exact: name, ...none, records: kinds.flatMap((kind) => records[kind]) };
}

/** The members of which the registry has a record. */
function* membersOf(kind: Kind, name: string, { fleet }: ExplanationContext) {
  for (const { agent, instances } of fleet.slots()) {
    if (kind === 'host') {
      if (agent?.kind === 'stored' && agent.record.host === name)
        yield exactName(name, agent.record.agent);
      continue;
    }
    for (const one of instances.values())
      if (one.kind === 'stored' && one.record.service === name)
        yield exactName(name, one.record.id);
  }
}

/** The members that a collector or an operator removed in the last 24 hours, and that have not come back. */
async function lostMembers(
  kind: Kind,
  name: string,
  { history, until, now }: ExplanationContext,
): Promise<readonly string[]> {
  const token = encodeSubjectToken(name);
  const last = new Map<string, boolean>();
  const events = kind === 'service' ? `*.*.*.${token}.*.*` : `${token}.*.*.*`;
  for await (const stored of history.read(0, [events])) {
    if (stored.seq > until) break;
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event') continue;
    const { of, event } = read.event;
    const isRecent = read.storedAt > now - flapsWithin;
    const isRemoved =
      event.type === 'removed' && event['why'] !== 'deregistered' && event['why'] !== 'left';
    if (kind === 'service' && of.entity === 'instance' && of.service === name)
      last.set(exactName(name, of.id), isRecent && isRemoved);
    if (kind === 'host' && of.entity === 'run' && of.host === name)
      last.set(exactName(name, of.agent), isRecent && isRemoved);
  }
  return [...last].flatMap(([member, isLost]) => (isLost ? [member] : []));
}

const exactName = (first: string, second: string): string => `${escaped(first)}/${escaped(second)}`;
