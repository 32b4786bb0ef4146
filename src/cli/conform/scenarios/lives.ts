import { judgeRenewals } from '../../../domain/conformance/judge-traffic.ts';
import { isLease, isRemoval } from '../../../domain/conformance/traffic.ts';
import { InstanceSpec } from '../../../domain/records/desired-instances.ts';
import { type LiveRun, patience, type Trial, usualInstances } from '../stage/trial.ts';

/** Registers, renews, refuses a twin, and leaves: rules 2, 4, 5, 11 and 21. */
export async function liveOnce(trial: Trial): Promise<void> {
  const { ports } = trial.stage;
  const { process, ...live } = await trial.startLive();
  checkInstances(trial, live);
  const { run } = live.agent.record;
  const pong = await ports.messaging.ping({ ...trial.slot, run }, 2000);
  if (typeof pong === 'string') trial.fail(2, `a request to ${trial.own.run}${run}: ${pong}`);
  else trial.pass(2, `it answered ${JSON.stringify(pong)}`);

  await watchRenewals(trial);
  await refuseTwin(trial, live);

  process.signal('SIGTERM');
  await trial.must(21, 'it ended', () => process.exitCode !== undefined);
  if (process.exitCode !== 0) trial.fail(21, `it ended with ${process.exitCode}, not 0`);
  await checkLeft(trial, live);
}

/** How often the renewals are watched: an agent that renews too late is late each time, one on a busy machine is not. */
const watchTimes = 3;

/** Rule 4: renews in time for two ttls. */
async function watchRenewals({ stage, proxy, own }: Trial): Promise<void> {
  const { ttl, verdicts } = stage;
  const { clock } = stage.ports;
  for (let times = 1; ; times += 1) {
    const from = clock.monotonic();
    await clock.sleep(2 * ttl, stage.io.signal);
    const found = judgeRenewals(proxy.messages, own, { from, to: clock.monotonic(), ttl });
    if (found.isInTime) return verdicts.pass(4, found.seen);
    if (times === watchTimes) {
      return verdicts.fail(4, `${found.seen}; so it was ${times} times, one after the other`);
    }
  }
}

function checkInstances(trial: Trial, { agent, instances }: LiveRun): void {
  for (const [index, { record }] of instances.entries()) {
    const { address, port, labels } = usualInstances[index] ?? { labels: {} };
    const found = { address: record.address, port: record.port, labels: record.labels };
    if (JSON.stringify(found) !== JSON.stringify({ address, port, labels })) {
      trial.fail(5, `${record.service}/${record.id} is registered with ${JSON.stringify(found)}`);
    }
    if (record.state !== 'serving')
      trial.fail(5, `${record.service}/${record.id} is ${record.state}`);
  }
  const { ttl } = agent.record;
  if (ttl !== trial.stage.ttl)
    trial.fail(5, `its record has the ttl ${ttl}, not ${trial.stage.ttl}`);
}

async function refuseTwin(trial: Trial, { agent }: LiveRun): Promise<void> {
  const twin = trial.start();
  const what = 'a second process of the slot ended';
  await trial.must(11, what, () => twin.exitCode !== undefined, patience + 2 * trial.stage.ttl);
  const now = await trial.agent();
  if (now?.record.run !== agent.record.run) {
    trial.fail(
      11,
      `the slot is ${now ? `held by ${now.record.run}` : 'empty'} after a second process`,
    );
  }
}

async function checkLeft(trial: Trial, { agent }: LiveRun): Promise<void> {
  const { run } = agent.record;
  const left = [
    await trial.agent(),
    ...(await Promise.all(usualInstances.map((one) => trial.instance(one)))),
  ];
  for (const record of left) if (record) trial.fail(21, `it left ${record.key}`);
  const released = trial.proxy.messages.some(
    (one) =>
      one.kind === 'publish' &&
      isLease(one, trial.own) &&
      one.subject.endsWith(run) &&
      isRemoval(one),
  );
  if (!released || (await trial.lease(run)).text !== undefined) {
    trial.fail(21, 'it did not release its lease');
  }
}

/** Killed and started again with other instances: rules 12 and 13. */
export async function restart(trial: Trial): Promise<void> {
  const { process: first, ...before } = await trial.startLive();
  first.signal('SIGKILL');
  await first.ended;
  const [kept] = usualInstances;
  const added = InstanceSpec.parse({ service: 'web', id: 'added' });
  const wanted = kept ? [kept, added] : [];
  const began = trial.stage.ports.clock.monotonic();
  const second = trial.start(wanted);
  const within = 3 * patience + 2 * trial.stage.ttl;
  const { run } = before.agent.record;
  // Also if it has ended: it found its own run id in the slot, and took it for another process.
  const same = () => trial.runsSince(began).includes(run);
  const after = await trial.meanwhile(
    13,
    'it is live again',
    async () => same() || trial.live(wanted, [run]),
    within,
  );
  if (after === true) {
    trial.fail(12, `the process that was started after a kill uses the run id ${run} again`);
    return;
  }
  trial.pass(12, `${run}, then ${after.agent.record.run}`);
  const what = 'the instance that is not wanted any more is removed';
  const [, gone] = usualInstances;
  await trial.must(13, what, async () => !gone || !(await trial.instance(gone)));
  second.signal('SIGTERM');
  await second.ended;
}
