import { setTimeout as pause } from 'node:timers/promises';
import { allAgents, allInstances } from '../../../src/domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import {
  type KeyValueEntry,
  readAgent,
  readInstance,
} from '../../../src/domain/records/stored-record.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { type Crew, instancesOf, pace } from './processes.ts';

/**
 * The time from the end of the last fault to convergence, a sum of the stated bounds: an election; the lapse
 * of a seat and the next check of a waiting collector; ttl and grace for the last run that died and for
 * leftovers of an owner expired meanwhile; one pace of the brake for each agent; and the time in which
 * clients detect a dead connection that was not closed.
 */
export const inOrderWithin = (lease: LeasePolicy, agents: number): Millis =>
  seconds(10) +
  (lease.ttl + seconds(1)) +
  2 * (lease.ttl + lease.grace) +
  agents * pace +
  seconds(15);

/**
 * The differences from convergence, as text. The registry must contain exactly the instances of live agents,
 * and the consumer must see exactly these.
 */
async function disorder({ agents, store, consumer }: Crew): Promise<string[]> {
  const stored = describeRecords(await store.registry.list([allAgents, allInstances], 0));
  const living = agents.filter(({ alive }) => alive);
  const wanted = living.flatMap(({ name, pid }) => [
    `${name} live pid ${pid}`,
    ...instancesOf(name).map((instance) => `${instance} of ${name} serving`),
  ]);
  const told = consumer.directory.instances();
  const rows = told.map(
    ({ service, id, host, agent, state }) => `${service}/${id} of ${host}/${agent} ${state}`,
  );
  const expected = living.flatMap(({ name }) =>
    instancesOf(name).map((one) => `${one} of ${name} live`),
  );
  return [
    ...differences('the registry', stored, wanted),
    ...differences('the consumer’s view', rows, expected),
  ];
}

/** One line for each existing record, without its run ids, which are random. */
function describeRecords(entries: readonly KeyValueEntry[]): string[] {
  const stand = entries.filter(({ text }) => text !== undefined);
  const runs = new Set<string>();
  for (const entry of stand) {
    const read = readAgent(entry);
    if (read.kind === 'stored') runs.add(read.record.run);
  }
  return stand.map((entry) => {
    const agent = readAgent(entry);
    if (agent.kind === 'stored') {
      const { host, agent: name, phase, suspect, process } = agent.record;
      return `${host}/${name} ${phase}${suspect ? ' suspect' : ''} pid ${process?.pid}`;
    }
    const instance = readInstance(entry);
    if (instance.kind !== 'stored') return `unreadable ${entry.key}`;
    const { host, agent: name, service, id, run, state } = instance.record;
    const owned = runs.has(run) ? '' : ' of a run that holds no slot';
    return `${service}/${id} of ${host}/${name} ${state}${owned}`;
  });
}

function differences(where: string, found: readonly string[], wanted: readonly string[]): string[] {
  const [there, due] = [new Set(found), new Set(wanted)];
  return [
    ...wanted.filter((one) => !there.has(one)).map((one) => `${where} lacks: ${one}`),
    ...found.filter((one) => !due.has(one)).map((one) => `${where} has: ${one}`),
  ];
}

/** Waits for convergence. Returns the differences left at the time limit, and the duration. */
export async function untilInOrder(
  crew: Crew,
  within: Millis,
  signal: AbortSignal,
): Promise<{ readonly took: Millis; readonly disorder: readonly string[] }> {
  const began = performance.now();
  for (;;) {
    const found = await disorder(crew).catch((error) => [`the registry does not answer: ${error}`]);
    const took = Math.round(performance.now() - began);
    if (found.length === 0 || took > within) return { took, disorder: found };
    await pause(250, undefined, { signal });
  }
}
