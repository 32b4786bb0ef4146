import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { g1 } from './checkers/g1.ts';
import { g3 } from './checkers/g3.ts';
import { g6, type Truth } from './checkers/g6.ts';
import { g10 } from './checkers/g10.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { inOrderWithin, untilInOrder } from './convergence-bound.ts';
import { Tally } from './counters.ts';
import { type Cast, consumer, type Plan } from './faults/fault-plan.ts';
import { faultMember } from './faults/process-faults.ts';
import { faultServers } from './faults/server-faults.ts';
import { divergencesOf, keepHistory, readHistory } from './history.ts';
import { Ledger } from './liveness-ledger.ts';
import { type Crew, startCrew } from './processes.ts';
import type { ChaosServers } from './servers/servers.ts';

export interface Report {
  readonly seed: number;
  readonly on: ChaosServers['kind'];
  readonly faults: Record<string, number>;
  /** Steps that were planned and not done, with the reason. */
  readonly omitted: Record<string, number>;
  readonly events: number;
  readonly truth: Truth;
  /** Time from the last fault until every stream had a leader and all its replicas. */
  readonly whole: Millis;
  /** Time from then to convergence, and its limit. */
  readonly inOrder: { readonly took: Millis; readonly within: Millis };
  /** Time from convergence until the audit had the last event. */
  readonly copied: Millis | undefined;
  /** Processes that ended by themselves and were restarted. */
  readonly endings: readonly string[];
  /** The longest pause of this process caused by the test machine. */
  readonly longestStandstill: Millis;
  /** The history, for `rollcall audit verify --file`. */
  readonly file: string;
  /** All violations. */
  readonly complaints: readonly string[];
}

/** A cluster that is still incomplete after this time gets no further fault; the step is skipped. */
const wholeWithin: Millis = seconds(40);

/**
 * After the last fault a server may read its whole store again, and copy what it lacks from the others. Agents cannot
 * register before, so the limit for convergence counts from then.
 */
const wholeAtLast: Millis = minutes(2);

/** An audit cut off from its source reconnects by itself: the server retries every 10 s. */
const copiedWithin: Millis = seconds(60);

/** Runs a plan on servers and returns its result. The history remains in a folder of its own. */
export async function play(
  plan: Plan,
  cast: Cast,
  servers: ChaosServers,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  const namespace = Namespace.parse(`chaos-${randomUUID().slice(0, 8)}`);
  const folder = await mkdtemp(join(tmpdir(), `rollcall-chaos-${plan.seed}-`));
  await using crew = await startCrew(servers, namespace, cast, plan.lease);
  await using watch = await ClusterWatch.open(servers, namespace);
  await watch.missing(wholeWithin);
  using ledger = new Ledger([...crew.agents, ...crew.collectors]);
  const tally = new Tally();
  const began = performance.now();
  const note = (line: string) => say(`${((performance.now() - began) / 1000).toFixed(1)}s ${line}`);
  await Promise.all([
    playServers(plan, servers, { watch, ledger, tally, note, signal }),
    playMembers(plan, crew, { ledger, tally, note, signal }),
  ]);
  note('all faults are over');
  const lastFault = performance.now();
  const missing = await watch.missing(wholeAtLast, signal);
  const whole = Math.round(performance.now() - lastFault);
  note(
    `the servers are ${missing === undefined ? 'whole' : `not whole (${missing})`} after ${whole} ms`,
  );
  const within = inOrderWithin(plan.lease, crew.agents.length);
  const order = await untilInOrder(crew, within, signal);
  note(`in order after ${order.took} ms`);
  const copied = await watch.copied(copiedWithin);
  note(`the audit has all after ${copied} ms more`);
  const divergences = await divergencesOf(crew.store);
  const history = await readHistory(crew.store);
  const truth = g6(history, ledger);
  const kept = await keepHistory(folder, { servers: crew.servers, namespace });
  const endings = [...crew.agents, ...crew.collectors].flatMap((member) => member.endings);
  const report: Report = {
    ...{ seed: plan.seed, on: servers.kind, faults: tally.done, omitted: tally.not },
    ...{ events: history.length, truth, whole, inOrder: { took: order.took, within }, copied },
    endings: endings.map(
      ({ name, code, stderr }) => `${name} ended (${code}): ${stderr.slice(-300)}`,
    ),
    ...{ longestStandstill: ledger.longestStandstill, file: kept.file },
    complaints: [
      ...(missing === undefined ? [] : [`not whole ${whole} ms after the last fault: ${missing}`]),
      ...(copied === undefined ? [`the audit lacks events after ${copiedWithin} ms`] : []),
      ...order.disorder.map((what) => `not in order after ${order.took} ms: ${what}`),
      ...[...g1(history), ...g3(history), ...g10(history)],
      ...truth.complaints,
      ...divergences,
      ...kept.divergences,
    ],
  };
  await writeFile(join(folder, 'report.json'), JSON.stringify({ plan, ...report }, null, 2));
  return report;
}

interface Playing {
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

async function playServers(
  plan: Plan,
  servers: ChaosServers,
  { watch, ledger, tally, note, signal }: Playing & { readonly watch: ClusterWatch },
): Promise<void> {
  const end = performance.now() + plan.length;
  for (const step of plan.servers) {
    const { what, whom, lasts } = step;
    const left = Math.max(0, end - performance.now());
    const missing = await watch.missing(Math.min(wholeWithin, left));
    if (performance.now() + step.pause + lasts > end) tally.omit(what, 'no time was left');
    else if (missing !== undefined) {
      note(`${what} is left out: after ${wholeWithin} ms ${missing}`);
      tally.omit(what, `the servers were not whole within ${wholeWithin} ms`);
    } else {
      await pause(step.pause, undefined, { signal });
      note(`${what} ${whom} for ${lasts} ms`);
      const outcome = await faultServers(step, servers, watch, () => ledger.look());
      note(`${what} ${'done' in outcome ? outcome.done : outcome.not}: undone`);
      tally.take(what, outcome);
    }
  }
}

async function playMembers(plan: Plan, crew: Crew, playing: Playing): Promise<void> {
  const { ledger, tally, note, signal } = playing;
  const members = [...crew.agents, ...crew.collectors];
  const busy = new Set<string>();
  const running: Promise<void>[] = [];
  for (const { pause: before, what, whom, lasts } of plan.members) {
    await pause(before, undefined, { signal });
    const member = members.find(({ name }) => name === whom);
    const wire = whom === consumer ? crew.consumer.wire : member?.wire;
    if (!wire) throw new Error(`nobody is called ${whom}`);
    if (busy.has(whom)) {
      tally.omit(what, 'the last fault of the same was not over');
      continue;
    }
    busy.add(whom);
    note(`${what} ${whom} for ${lasts} ms`);
    const fault = faultMember(what, lasts, { member, wire }, () => ledger.look());
    running.push(fault.then(() => void busy.delete(whom)));
    tally.take(what, { done: whom });
  }
  await Promise.all(running);
}
