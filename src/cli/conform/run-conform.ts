import {
  eventsOf,
  judgeDivergences,
  judgeEnds,
  judgeFarewell,
  judgeTakeover,
} from '../../domain/conformance/judge-history.ts';
import { judgeTraffic } from '../../domain/conformance/judge-traffic.ts';
import { type Verdict, Verdicts } from '../../domain/conformance/rules.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { verify } from '../../runtime/audit/verify.ts';
import type { Common } from '../command/command.ts';
import type { Terminal } from '../terminal/io.ts';
import { freezeBriefly, freezeUntilExpired, supersede } from './scenarios/doubts.ts';
import { liveOnce, restart } from './scenarios/lives.ts';
import { comeBack, cutConnection, loseAcknowledgement, loseLease } from './scenarios/losses.ts';
import { ScenarioOver, Stage } from './stage/stage.ts';
import { type LiveRun, Trial } from './stage/trial.ts';

export interface ConformOptions {
  /** The command line of the foreign agent, for `sh -c`. */
  readonly exec: string;
  /** The ttl that the agents get: the longer, the less a busy machine disturbs. */
  readonly ttl: Millis;
}

interface Scenario {
  /** The name of its agent, and in the progress. */
  readonly name: string;
  readonly does: string;
  readonly play: (trial: Trial) => Promise<unknown>;
  readonly grace?: Millis;
}

/** Longer than every freeze that must not end in an expiry. */
const usualGrace: Millis = seconds(30);

const scenarios: readonly Scenario[] = [
  { name: 'stop', does: 'starts, renews, refuses a second process, gets SIGTERM', play: liveOnce },
  { name: 'kill', does: 'gets SIGKILL and is started again with other instances', play: restart },
  { name: 'lease', does: 'loses its lease', play: loseLease },
  { name: 'ack', does: 'misses an acknowledgement', play: loseAcknowledgement },
  { name: 'freeze', does: 'gets SIGSTOP until it is suspect', play: freezeBriefly },
  {
    name: 'expire',
    does: 'gets SIGSTOP until it is declared dead',
    play: freezeUntilExpired,
    grace: seconds(1),
  },
  { name: 'supersede', does: 'gets SIGSTOP while another run takes its slot', play: supersede },
];

/**
 * Runs a foreign agent through all scenarios, on a server of its own.
 * @param tell progress, one line for each scenario
 * @throws {Fault} of the server and of the store
 */
export async function runConform(
  settings: Common & ConformOptions,
  io: Terminal,
  tell: (line: string) => void,
): Promise<readonly Verdict[]> {
  const verdicts = new Verdicts();
  await using opened = new AsyncDisposableStack();
  tell('starting a nats-server and a collector');
  const stage = opened.use(await Stage.open(settings, io, verdicts));
  const trials = new Map<string, Trial>();
  const play = async ({ name, does, play, grace = usualGrace }: Scenario) => {
    const trial = opened.use(await Trial.open(stage, name, settings.exec, grace));
    trials.set(name, trial);
    const began = stage.ports.clock.monotonic();
    const over = await played(trial, play);
    const took = ((stage.ports.clock.monotonic() - began) / 1000).toFixed(1);
    tell(`the agent ${does}: ${over === undefined ? 'done' : 'ended early'} (${took} s)`);
  };
  let live: LiveRun | undefined;
  const cut: Scenario = {
    name: 'cut',
    does: 'has its connection cut',
    play: async (trial) => {
      live = await cutConnection(trial);
    },
  };
  // Each has a slot, a proxy and processes of its own. A restart of the server would disturb all of them.
  await Promise.all([...scenarios, cut].map(play));
  const trial = trials.get(cut.name);
  if (live && trial) await restartServer(stage, trial, live, tell);
  await judgeAll(stage, trials, io);
  return verdicts.all;
}

/** Why a scenario ended early; undefined: it did not. */
async function played(
  trial: Trial,
  play: (trial: Trial) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await play(trial);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof ScenarioOver)) throw cause;
    trial.fail(cause.rule, cause.message);
    return cause.message;
  }
}

async function restartServer(
  stage: Stage,
  trial: Trial,
  live: LiveRun,
  tell: (line: string) => void,
): Promise<void> {
  const from = stage.ports.clock.monotonic();
  await stage.restartServer();
  await played(trial, () => comeBack(trial, live, 20, from));
  tell('the server was restarted');
}

async function judgeAll(
  stage: Stage,
  trials: ReadonlyMap<string, Trial>,
  { signal }: Terminal,
): Promise<void> {
  const { ports, verdicts } = stage;
  for (const { proxy, own } of trials.values()) judgeTraffic(proxy.messages, own, verdicts);
  const divergences = await stage.answer(async () => {
    const found: Divergence[] = [];
    const onDivergence = (divergence: Divergence) => void found.push(divergence);
    await verify(ports.audit, ports, { onDivergence, signal });
    return found;
  });
  const events = await stage.answer(async () => {
    const read: AuditEvent[] = [];
    for await (const stored of ports.audit.read(0)) {
      const entry = parseAuditEvent(stored);
      if (entry.kind === 'event') read.push(entry.event);
    }
    return read;
  });
  const of = (name: string) => {
    const trial = trials.get(name);
    return trial ? eventsOf(events, trial.slot) : [];
  };
  const foreign = [...trials.keys()].flatMap(of);
  judgeDivergences(divergences, foreign.length, verdicts);
  judgeEnds(foreign, verdicts);
  judgeTakeover(of('kill'), verdicts);
  if (of('stop').length > 0) judgeFarewell(of('stop'), verdicts);
}
