import type { ApiEntity } from '../../api-types.ts';

/** The subject of a screen: an agent's slot, a host, an instance, or one entity of another kind. */
export type Subject =
  | { readonly kind: 'agent'; readonly host: string; readonly agent: string }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'instance'; readonly service: string; readonly id: string };

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The names that some entities have. */
type Names = Partial<
  Readonly<Record<'host' | 'agent' | 'service' | 'id' | 'run', string | undefined>>
>;

const namesOf = ({ host, agent, service, id }: Names): readonly string[] =>
  [host, agent, service, id].filter((name) => name !== undefined);

/** A subject as one segment of the address. Slashes in names are escaped. */
export const writeSubject = (subject: Subject): string =>
  [subject.kind, ...namesOf(subject)].map(encodeURIComponent).join('/');

export function readSubject(text: string | undefined): Subject | undefined {
  const [kind, one, other] = (text ?? '').split('/').map(decode);
  if (kind === 'host' && one) return { kind, host: one };
  if (kind === 'agent' && one && other) return { kind, host: one, agent: other };
  if (kind === 'instance' && one && other) return { kind, service: one, id: other };
  return undefined;
}

/** A subject as text for people. */
export const subjectName = (subject: Subject): string => namesOf(subject).join('/');

export function isOf({ host, agent, service, id }: Names, entity: ApiEntity): boolean {
  const own: Names = entity;
  return (
    (host ?? own.host) === own.host &&
    (agent ?? own.agent) === own.agent &&
    (service ?? own.service) === own.service &&
    (id ?? own.id) === own.id
  );
}

/** The subject of an entity's screen. Brakes and policies have no screen. */
export function subjectOf(entity: ApiEntity): Subject | undefined {
  const { host, agent = '', service, id = '' }: Names = 'target' in entity ? entity.target : entity;
  if (service !== undefined) return { kind: 'instance', service, id };
  if (host === undefined) return undefined;
  return agent === '' || entity.entity === 'hold'
    ? { kind: 'host', host }
    : { kind: 'agent', host, agent };
}

/** A short description of an entity. */
export function entityName(entity: ApiEntity): string {
  if (entity.entity === 'brake') return `zone ${entity.zone}`;
  const { host, agent, service, id }: Names = 'target' in entity ? entity.target : entity;
  const names = service === undefined ? { host, agent } : { service, id };
  return namesOf(names).join('/') || entity.entity;
}
