import type { RunRef } from '../identity/names.ts';
import { agentMapKey } from '../identity/registry-keys.ts';
import { encodeSubjectToken } from '../identity/subject-token.ts';
import type { ChainRef } from './event-schema.ts';

/**
 * The subject of an event, below the namespace's `event.`. Each event has its own subject.
 *
 * The tokens after the run identify the entity: `<n>` the run, `session.<n>` its process,
 * `<service>.<id>.<n>` an instance owned by this run. Fleet entities have tokens starting with `=` for
 * host and agent, which no encoded name equals.
 */
export const eventSubject = (of: ChainRef, n: number): string => `${chainSubject(of)}.${n}`;

/** The common prefix of the subjects of a chain's events. */
export function chainSubject(of: ChainRef): string {
  switch (of.entity) {
    case 'run':
      return runSubject(of);
    case 'session':
    case 'collector':
      return `${runSubject(of)}.${of.entity}`;
    case 'instance':
      return `${runSubject(of)}.${encodeSubjectToken(of.service)}.${encodeSubjectToken(of.id)}`;
    case 'hold': {
      const agent = of.agent === undefined ? '=every' : encodeSubjectToken(of.agent);
      return `${encodeSubjectToken(of.host)}.${agent}.${of.run}.hold`;
    }
    case 'drain': {
      const { target } = of;
      const tokens = 'host' in target ? [target.host] : [target.service, target.id];
      return `=drain.${tokens.map(encodeSubjectToken).join('.')}.${of.run}.drain`;
    }
    case 'brake':
      return `=zone.${encodeSubjectToken(of.zone)}.${of.run}.brake`;
    case 'policy':
      return `=fleet.=policy.${of.run}.policy`;
    case 'store':
      return `=fleet.=store.${of.run}.store`;
    default:
      return of satisfies never;
  }
}

/** The run's subject for pings and notices, below the namespace's `run.`. */
export const runSubject = (of: RunRef): string => `${agentMapKey(of)}.${of.run}`;
