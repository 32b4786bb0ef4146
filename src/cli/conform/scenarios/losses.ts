import { renewedWhenLost } from '../../../domain/conformance/judge-traffic.ts';
import type { ClientMessage } from '../../../domain/conformance/traffic.ts';
import {
  commitHeader,
  commitsIn,
  eventTypeOf,
  expectationOf,
  isEvent,
  isLease,
  isRecord,
  isRemoval,
  type Sent,
} from '../../../domain/conformance/traffic.ts';
import { leaseKey } from '../../../domain/identity/registry-keys.ts';
import type { MonotonicTime, Revision } from '../../../domain/time.ts';
import { ScenarioOver } from '../stage/stage.ts';
import { type LiveRun, patience, type Trial, tokensOf } from '../stage/trial.ts';

const sentSince = (trial: Trial, from: MonotonicTime): readonly Sent[] =>
  trial.proxy.messages.filter((one) => one.kind === 'publish').filter(({ at }) => at >= from);

/** The types of the events of its first commit from this time on; undefined: no commit yet. */
function firstCommitSince(trial: Trial, from: MonotonicTime): readonly string[] | undefined {
  const sent = sentSince(trial, from);
  const written = sent.filter((one) => isRecord(one, trial.own) || isEvent(one, trial.own));
  // Not the events of its process, which are written alone.
  const first = commitsIn(written).find((commit) => commit.some((one) => isRecord(one, trial.own)));
  const isWhole = first?.some(({ headers }) => headers[commitHeader] !== undefined);
  return isWhole ? first?.filter((one) => isEvent(one, trial.own)).map(eventTypeOf) : undefined;
}

/** Its lease is gone, as after a lapse: rule 17. */
export async function loseLease(trial: Trial): Promise<void> {
  const { ports, ttl } = trial.stage;
  const { agent } = await trial.startLive();
  const ref = { ...trial.slot, run: agent.record.run };
  let revision: Revision | undefined;
  await trial.meanwhile(17, 'it has its lease, which is to be removed', async () => {
    const lease = await trial.lease(ref.run);
    if (lease.text === undefined) return revision !== undefined;
    revision = lease.revision;
    const { leases } = ports;
    return (
      (await trial.stage.answer(() => leases.release(leaseKey(ref), lease.revision))) === 'released'
    );
  });
  const from = ports.clock.monotonic();
  const within = patience + 2 * ttl;
  const created = await trial.meanwhile(
    17,
    'it creates its lease again after it was lost',
    async () => {
      const sent = sentSince(trial, from);
      const again = renewedWhenLost(sent, trial.own, { revision, ttl });
      if (again !== undefined) {
        const after = Math.round(again);
        throw new ScenarioOver(17, `its lease was lost, and it renews it again ${after} ms later`);
      }
      if ((await trial.lease(ref.run)).text === undefined) return undefined;
      return sent.find(
        (one) => isLease(one, trial.own) && !isRemoval(one) && expectationOf(one) !== `${revision}`,
      );
    },
    within,
  );
  const first = await trial.meanwhile(
    17,
    'it writes regranted after its lease was lost',
    () => firstCommitSince(trial, from),
    within,
  );
  if (first[0] !== 'regranted') {
    trial.fail(17, `its first commit after its lease was lost has the events ${first.join(', ')}`);
  } else
    trial.pass(17, `lease created again after ${Math.round(created.at - from)} ms, then regranted`);
  const now = await trial.agent();
  if (now?.record.run !== ref.run)
    trial.fail(17, `the slot is held by ${now?.record.run ?? 'nobody'}`);
}

/** What rewrites the agent record, so that an earlier commit can no longer be stored. */
const rewrites: ReadonlySet<string> = new Set(['confirmed', 'regranted', 'started']);

/** The acknowledgement of its first commit with instances does not arrive: rule 18. */
export async function loseAcknowledgement(trial: Trial): Promise<void> {
  const { clock } = trial.stage.ports;
  let hasInstances = false;
  const isCommit = (message: ClientMessage) => {
    if (message.kind !== 'publish') return false;
    hasInstances ||= message.subject.startsWith(trial.own.instances);
    return hasInstances && message.headers[commitHeader] !== undefined;
  };
  let lost: MonotonicTime | undefined;
  trial.proxy.dropAnswersFrom((message) => {
    if (lost === undefined && isCommit(message)) lost = message.at;
    return lost !== undefined;
  });
  trial.start();
  const commits = () => {
    trial.assertRunning();
    return lost;
  };
  const at = await trial.meanwhile(5, 'it commits its instances', commits, 3 * patience);
  await clock.sleep(200, trial.stage.io.signal);
  trial.proxy.cut();
  const after = await trial.meanwhile(
    18,
    'it commits again after a lost acknowledgement',
    () => firstCommitSince(trial, at + 0.001),
    2 * patience,
  );
  if (after.some((type) => rewrites.has(type)))
    trial.pass(18, `its next commit was ${after.join(', ')}`);
  else trial.fail(18, `its next commit after a lost acknowledgement was ${after.join(', ')}`);
  await trial.meanwhile(
    18,
    'it is live after a lost acknowledgement',
    () => trial.live(),
    2 * patience,
  );
}

/** Its connection is cut: rule 19. The caller restarts the server then: see `comeBack`. */
export async function cutConnection(trial: Trial): Promise<LiveRun> {
  const live = await trial.startLive();
  trial.proxy.cut();
  await comeBack(trial, live, 19, trial.stage.ports.clock.monotonic());
  return live;
}

/** After its connection broke it renews its lease, and is what it was: rules 19 and 20. */
export async function comeBack(
  trial: Trial,
  live: LiveRun,
  rule: 19 | 20,
  from: MonotonicTime,
): Promise<void> {
  const { ports, ttl } = trial.stage;
  const ref = { ...trial.slot, run: live.agent.record.run };
  await trial.must(
    rule,
    'it renews its lease over a new connection and answers',
    async () => {
      const renewed = sentSince(trial, from).some((one) => isLease(one, trial.own));
      return renewed && typeof (await ports.messaging.ping(ref, 1000)) === 'object';
    },
    2 * patience + 2 * ttl,
  );
  const now = await trial.meanwhile(
    rule,
    'it is live again',
    () => trial.live(),
    patience + 2 * ttl,
  );
  const { run } = now.agent.record;
  if (run !== ref.run) trial.fail(rule, `it went on as the run ${run}, before it was ${ref.run}`);
  const [before, after] = [tokensOf(live), tokensOf(now)].map((tokens) => tokens.join(', '));
  if (before !== after) trial.fail(rule, `tokens ${before} became ${after}: it registered again`);
}
