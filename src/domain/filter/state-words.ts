/** What a list shows, for people, and what it can have under `state:`: states, and reasons for a doubt. */
export interface StateWords {
  readonly of: string;
  readonly states: readonly string[];
}

const listed = (of: string, ...states: readonly string[]): StateWords => ({
  of,
  states: [...new Set(states.join(' ').split(' '))],
});

const instances = 'live dubious failing draining';
const agents = 'live registering suspect leaving expired';
const reasonsOfAgents = 'silent unreachable planned unobserved';
const reasons = `${reasonsOfAgents} superseded contested orphan`;

/** What is registered: the lists of the command line. */
export const instanceWords = listed('registered instances', instances, reasons);
export const agentWords = listed('agents', agents, reasonsOfAgents);
export const hostWords = listed('hosts', agents, 'gone', reasonsOfAgents, 'orphan');

/** The dashboard also has what is lost or has ended, and what nobody observed. */
const shown = `${instances} lost unverified`;
export const shownInstanceWords = listed('instances', shown, reasons);
export const fleetWords = listed('agents and instances', agents, 'gone left', shown, reasons);
/** Everything that has a state: also sessions, collectors, holds, drains, brakes, policies, and what was removed. */
export const allWords = listed(
  'entities',
  ...fleetWords.states,
  'connecting claiming reconciling serving lapsed fenced stopped sleeping blind watching removing',
  'over braked released standing noticed recorded removed adopted',
);
