import type { InstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import { selectUsable } from '../../../../src/domain/fleet/pick.ts';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import type { ConsumerProcess } from '../../phases/consumer-process.ts';
import { lateness } from '../../schedule/parameters.ts';
import type { Simulated } from '../../simulation-result.ts';
import type { Checker } from '../checks.ts';

/** A consumer sees the registry with reasons, is notified of every change, and never gets an empty service. */
export const g9: Checker = {
  guarantee: 'G9',
  survivesLoss: true,
  of: (sim, complain) => ({
    onLook: () => {
      for (const [name, consumer] of sim.roster.consumers) {
        for (const what of wrongIn(consumer)) complain(`${name}: ${what}`);
        for (const what of notAsTold(consumer)) complain(`${name}: was told otherwise: ${what}`);
        const age = tooYoung(consumer, sim);
        if (age !== undefined) complain(`${name}: ${age}`);
      }
    },
    onPeace: () => {
      for (const [name, consumer] of sim.roster.consumers) {
        for (const what of notAsItIs(consumer, sim)) complain(`${name}: ${what}`);
      }
    },
    onDeath: ({ run, instances, at, dubiousAt }) => {
      if (instances === 0) return;
      const { lease, drift } = sim.shape;
      const bound: Millis = lease.ttl * (1 + 2 * drift) + seconds(0.5) + 4 * lateness(sim.shape);
      const after = (dubiousAt ?? Number.POSITIVE_INFINITY) - at;
      if (after > bound) complain(`${run} was dubious after ${after}, not ${bound} ms`);
    },
  }),
};

function wrongIn({ directory }: ConsumerProcess): readonly string[] {
  const rows = directory.instances();
  const unexplained = rows.filter(
    ({ state, reason }) => (state === 'dubious') !== (reason !== null),
  );
  const empty = [...Map.groupBy(rows, ({ service }) => service)].filter(
    ([, all]) =>
      all.some((row) => countsAndServes(row, all)) && selectUsable(all, 'prefer-live').length === 0,
  );
  return [
    ...unexplained.map((row) => `${shown(row)} without a reason, or with one for nothing`),
    ...[...Map.groupBy(rows, ({ service }) => service).values()].flatMap(notPicked),
    ...empty.map(([service, all]) => `${service} is empty, with ${all.map(shown)}`),
  ];
}

/** Instances that a restarted agent has not adopted yet, and that the widest policy does not return. */
function notPicked(all: readonly InstanceRow[]): readonly string[] {
  const picked = new Set(selectUsable(all, 'any').map(({ id }) => id));
  const draining = new Set(
    all.filter(({ health, drain }) => drain || health.state === 'draining').map(({ id }) => id),
  );
  return all
    .filter(({ reason, successor }) => reason === 'superseded' && successor === 'registering')
    .filter(({ id }) => !picked.has(id) && !draining.has(id))
    .map((row) => `${shown(row)} is not picked, and its agent is adopting its instances`);
}

/**
 * The instance last reported itself as serving, and its registration is the active one of its id. The reason
 * alone does not tell, because a silent instance is `unreachable` rather than `contested`, and an orphan is an
 * `orphan`: its owner has ended, so every registration whose owner has not comes before it.
 */
const countsAndServes = (row: InstanceRow, all: readonly InstanceRow[]): boolean =>
  row.health.state === 'serving' &&
  row.reason !== 'contested' &&
  row.reason !== 'superseded' &&
  !all.some((other) => other.id === row.id && comesBefore(other, row));

const comesBefore = (one: InstanceRow, other: InstanceRow): boolean => {
  const isOrphan = one.reason === 'orphan';
  return isOrphan === (other.reason === 'orphan') ? one.token > other.token : !isOrphan;
};

/** A view that is cut off or whose watch stopped reports its age. */
function tooYoung({ directory, process }: ConsumerProcess, sim: Simulated): string | undefined {
  const { line } = process;
  if (!line.down || directory.age === undefined) return undefined;
  if (process.interrupted?.why !== 'cut-off') return undefined;
  const cut = process.interrupted.from;
  // A message delivered late by the watch is dated by its arrival.
  const since = Math.max(cut, sim.heardLateAt.get(process) ?? cut);
  const atLeast: Millis = (sim.now - since) * (1 - sim.shape.drift) - seconds(1);
  return directory.age >= atLeast
    ? undefined
    : `cut off for ${atLeast} ms, and ${directory.age} old`;
}

function notAsItIs(consumer: ConsumerProcess, sim: Simulated): readonly string[] {
  const { directory } = consumer;
  const rows = directory.instances();
  const stands = sim.roster.places
    .flatMap((place) =>
      Object.entries(sim.fleet.instances(place)).map(([name, run]) => `${place} ${name} ${run}`),
    )
    .sort();
  const seen = rows
    .map((row) => `${row.host}/${row.agent} ${row.service}/${row.id} ${row.run}`)
    .sort();
  const age = directory.age ?? Number.POSITIVE_INFINITY;
  return [
    ...(`${seen}` === `${stands}` ? [] : [`sees ${seen}, and there are ${stands}`]),
    ...(age <= sim.shape.aliveEvery + seconds(2) ? [] : [`its view is ${age} ms old`]),
    ...rows
      .filter(
        ({ reason, run }) => reason !== null && reason !== 'contested' && sim.roster.isAlive(run),
      )
      .map((row) => `${shown(row)} is dubious in peace`),
  ];
}

/** The changes alone give a consumer the same rows. */
function notAsTold(consumer: ConsumerProcess): readonly string[] {
  const seen = consumer.directory.instances().map(inFull).sort();
  const heard = consumer.told().map(inFull).sort();
  return `${seen}` === `${heard}` ? [] : [`${heard}, and sees ${seen}`];
}

const shown = ({ host, agent, service, id, run, state, reason }: InstanceRow): string =>
  `${host}/${agent} ${service}/${id} of ${run}: ${state} ${reason}`;

/** The fields that a consumer acts on; a change of the failure text alone is not notified. */
const inFull = (row: InstanceRow): string =>
  `${shown(row)} at ${row.address}:${row.port}, ${JSON.stringify([row.token, row.health.state, row.labels])}`;
