import type { ApiEntity } from '../../api-types.ts';

/** The subject of a screen: an agent's slot, a host, an instance, or one entity of another kind. */
export type Subject =
  | { readonly kind: 'agent'; readonly host: string; readonly agent: string }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'instance'; readonly service: string; readonly id: string };

const encode = (name: string): string => encodeURIComponent(name);
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A subject as one segment of the address. Slashes in names are escaped. */
export function writeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'agent':
      return `agent/${encode(subject.host)}/${encode(subject.agent)}`;
    case 'host':
      return `host/${encode(subject.host)}`;
    case 'instance':
      return `instance/${encode(subject.service)}/${encode(subject.id)}`;
    default:
      return subject satisfies never;
  }
}

export function readSubject(text: string | undefined): Subject | undefined {
  const [kind, one, other] = (text ?? '').split('/').map(decode);
  if (kind === 'host' && one) return { kind, host: one };
  if (kind === 'agent' && one && other) return { kind, host: one, agent: other };
  if (kind === 'instance' && one && other) return { kind, service: one, id: other };
  return undefined;
}

/** A subject as text for people. */
export function subjectName(subject: Subject): string {
  if (subject.kind === 'host') return subject.host;
  return subject.kind === 'agent'
    ? `${subject.host}/${subject.agent}`
    : `${subject.service}/${subject.id}`;
}

export function isOf(subject: Subject, entity: ApiEntity): boolean {
  switch (subject.kind) {
    case 'agent':
      return 'agent' in entity && entity.host === subject.host && entity.agent === subject.agent;
    case 'host':
      return 'host' in entity && entity.host === subject.host;
    case 'instance':
      return (
        entity.entity === 'instance' &&
        entity.service === subject.service &&
        entity.id === subject.id
      );
    default:
      return subject satisfies never;
  }
}

/** The subject of an entity's screen. Brakes and policies have no screen. */
export function subjectOf(entity: ApiEntity): Subject | undefined {
  switch (entity.entity) {
    case 'run':
    case 'session':
    case 'collector':
      return { kind: 'agent', host: entity.host, agent: entity.agent };
    case 'instance':
      return { kind: 'instance', service: entity.service, id: entity.id };
    case 'hold':
      return { kind: 'host', host: entity.host };
    case 'drain':
      return 'host' in entity.target
        ? { kind: 'host', host: entity.target.host }
        : { kind: 'instance', service: entity.target.service, id: entity.target.id };
    default:
      return undefined;
  }
}

/** A short description of an entity. */
export function entityName(entity: ApiEntity): string {
  switch (entity.entity) {
    case 'instance':
      return `${entity.service}/${entity.id}`;
    case 'run':
    case 'session':
    case 'collector':
      return `${entity.host}/${entity.agent}`;
    case 'hold':
      return entity.agent === undefined ? entity.host : `${entity.host}/${entity.agent}`;
    case 'drain':
      return Object.values(entity.target).join('/');
    case 'brake':
      return `zone ${entity.zone}`;
    case 'policy':
      return 'policy';
    case 'store':
      return 'store';
    default:
      return entity satisfies never;
  }
}
