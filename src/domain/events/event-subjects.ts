import type { RunRef } from '../identity/names.ts';
import { agentMapKey } from '../identity/registry-keys.ts';
import { encodeSubjectToken } from '../identity/subject-token.ts';
import type { ChainRef } from './event-schema.ts';

/**
 * Where an event goes, below the namespace's `event.`; every event has a subject of its own.
 *
 * The number of tokens after the run tells the entities apart: `<n>` the run itself,
 * `session.<n>` its process, `<service>.<id>.<n>` an instance as this run owns it. What belongs to no
 * slot has tokens in the places of host and agent that no name encodes to.
 */
export const eventSubject = (of: ChainRef, n: number): string => `${chainSubject(of)}.${n}`;

/** What the subjects of a chain's events have in common. */
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
    case 'brake':
      return `=zone.${encodeSubjectToken(of.zone)}.${of.run}.brake`;
    case 'policy':
      return `=fleet.=policy.${of.run}.policy`;
    default:
      return of satisfies never;
  }
}

/** The run's own subject, below the namespace's `run.`: it is asked and told there. */
export const runSubject = (of: RunRef): string => `${agentMapKey(of)}.${of.run}`;
