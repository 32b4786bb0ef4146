import type { AgentRow, InstanceRow } from './directory-rows.ts';

/** Compares by UTF-16 code units, so that the order is the same in every locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Orders agents by host and name. */
export const compareAgents = (a: AgentRow, b: AgentRow): number =>
  compareText(a.host, b.host) || compareText(a.agent, b.agent);

/** Rows for people: those that are not live first, otherwise in their order. */
export const troubleFirst = <Row extends { readonly state: string }>(
  rows: readonly Row[],
): readonly Row[] =>
  rows.toSorted((a, b) => Number(a.state === 'live') - Number(b.state === 'live'));

/** Orders instances by service and id, then by the agent that owns them. */
export const compareInstances = (a: InstanceRow, b: InstanceRow): number =>
  compareText(a.service, b.service) ||
  compareText(a.id, b.id) ||
  compareText(a.host, b.host) ||
  compareText(a.agent, b.agent);
