import type { ApiEntity } from '../api-types.ts';

/** An entity as one string. The separator is a character that no name contains. */
export function entityKey(of: ApiEntity): string {
  switch (of.entity) {
    case 'run':
    case 'session':
    case 'collector':
      return [of.entity, of.host, of.agent, of.run].join('\n');
    case 'instance':
      return [of.entity, of.host, of.agent, of.run, of.service, of.id].join('\n');
    case 'hold':
      return [of.entity, of.host, of.agent ?? '', of.run].join('\n');
    case 'drain':
      return [of.entity, ...Object.values(of.target), of.run].join('\n');
    case 'brake':
      return [of.entity, of.zone, of.run].join('\n');
    case 'policy':
    case 'store':
      return [of.entity, of.run].join('\n');
    default:
      return of satisfies never;
  }
}
