import { z } from 'zod';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { ZoneName } from '../domain/identity/names.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Agent } from '../runtime/agent/agent.ts';
import { watchClock } from '../runtime/agent/watch-clock.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import type { AgentEvent, AgentOptions, AgentState, RunningAgent } from './agent-types.ts';
import { EventListeners } from './event-listeners.ts';
import { importOnce } from './import-once.ts';
import { instanceReader, readHealth } from './instances-option.ts';
import { Callback, refuseUnknown, Signal } from './known-options.ts';
import type { Machine } from './machine.ts';
import { unlessAborted } from './open-repeatedly.ts';
import { readInstanceName, readLease, readOption } from './options.ts';

const Address = z.string().min(1).max(1024).optional();
const WhenExpired = z.enum(['start-over', 'exit']).default('start-over');

/** Time limit of a stop while the store does not answer. */
const leaveWithin: Millis = seconds(3);

/** Runs an agent on a machine, which is this one or one of a test. @throws {Fault} as `startAgent` */
export async function runAgent(options: AgentOptions, machine: Machine): Promise<RunningAgent> {
  refuseUnknown(options);
  await using opened = new AsyncDisposableStack();
  const { Agent, initialHealth } = await importAgent();
  const slot = await machine.slot(options, options.name);
  const readInstances = await instanceReader(slot);
  readOption('onTransition', Callback, options.onTransition);
  const initial = readInstances(options.instances ?? []);
  // Callers without types may pass any value; an invalid address would make the record unreadable.
  const address = readOption('address', Address, options.address);
  const zone = readOption('zone', ZoneName.optional(), options.zone);
  const takeover = readOption('takeover', z.boolean().default(false), options.takeover);
  const collect = readOption('collect', z.boolean().default(true), options.collect);
  const whenExpired = readOption('whenExpired', WhenExpired, options.whenExpired);
  const events = new EventListeners<AgentEvent>();
  const me = { ...slot, run: machine.runId() };
  let lastServing: string = me.run;
  const settings = {
    ...{ slot, zone, address, takeover, whenExpired, collect, leaveWithin },
    lease: readLease(options),
    process: machine.process(),
    instanceAddress: address ?? machine.address(),
    drainFor: readOption('drain', DurationOrMillis, options.drain ?? 0),
    onTransition: (transition: ProcessTransition, { run }: Agent) => {
      const event = agentEvent(transition, run !== lastServing);
      if (transition.to === 'serving') lastServing = run;
      if (event) events.emit(event);
      options.onTransition?.(transition);
    },
  };
  const signal = readOption('signal', Signal, options.signal);
  // Disposed of after the connection: a start that waits has none, and one that failed has closed its own.
  const place = opened.adopt(await machine.beginStart(signal), async (one) => one.leave());
  const open = opened.use(await machine.open(options, me));
  const metrics = listenTo(open.ports.metrics, () => events.emit('refuted'));
  const ports = { ...open.ports, metrics };
  const agent = opened.use(
    new Agent(
      { ...settings, run: me.run, whileWaiting: place.whileWaiting },
      initial.map(({ spec }) => spec),
      ports,
      initialHealth(initial),
    ),
  );
  const over = opened.adopt(new AbortController(), async (one) => one.abort());
  const checks = opened.adopt(await machine.checks(agent), async (running) => running.stop());
  checks.replace(initial);
  await unlessAborted(agent.ready, 'starting', signal);
  place.leave();
  void watchClock(ports, over.signal);
  opened.defer(open.onConnection((isUp) => events.emit(isUp ? 'connected' : 'disconnected')));
  const closing = opened.move();
  let isOver = false;
  const refuseIfOver = () => {
    if (isOver) throw new Fault('bad-setting', 'the agent has stopped; start another one');
  };
  const stop = () => {
    isOver = true;
    return closing.disposeAsync();
  };
  agent.done.then(stop, stop);
  return {
    host: slot.host,
    name: slot.agent,
    get run() {
      return agent.run;
    },
    get term() {
      return agent.term;
    },
    get state() {
      return agent.state as AgentState;
    },
    replace(listed) {
      refuseIfOver();
      const instances = readInstances(listed);
      agent.replace(
        instances.map(({ spec }) => spec),
        initialHealth(instances),
      );
      checks.replace(instances);
    },
    report(named, given) {
      refuseIfOver();
      const instance = readInstanceName(named);
      const health = readHealth(given);
      if (!agent.has(instance)) {
        const name = `${instance.service}/${instance.id}`;
        throw new Fault('bad-setting', `this agent has no instance '${name}'`);
      }
      agent.report(instance, health);
    },
    stop,
    close: stop,
    on: (event, listener) => events.on(readOption('event', EventName, event), listener),
    done: agent.done,
    [Symbol.asyncDispose]: stop,
  };
}

const EventName = z.enum(['lapsed', 'refuted', 'restarted', 'connected', 'disconnected']);

/** `isNew`: another run served last. */
function agentEvent({ event, to }: ProcessTransition, isNew: boolean): AgentEvent | undefined {
  if (event.type === 'lapsed' && to === 'lapsed') return 'lapsed';
  return to === 'serving' && isNew ? 'restarted' : undefined;
}

/** The same metrics, with a listener for the commit that refutes a suspicion. */
function listenTo(metrics: Metrics, refuted: () => void): Metrics {
  return new Proxy(metrics, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: readonly unknown[]) => {
        if (name === 'refuted') refuted();
        return Reflect.apply(value, target, given);
      };
    },
  });
}

/** Imports what only an agent needs, so that a consumer of the directory does not load it. */
const importAgent = importOnce(async () => {
  const [{ Agent }, { initialHealth }] = await Promise.all([
    import('../runtime/agent/agent.ts'),
    import('../composition/instances/running-checks.ts'),
  ]);
  return { Agent, initialHealth };
});
