import type { Millis, MonotonicTime, Revision } from '../time.ts';
import type { Verdicts } from './rules.ts';
import {
  batchHeader,
  type ClientMessage,
  commitsIn,
  expectationOf,
  fenceOf,
  isEvent,
  isLease,
  isRecord,
  isRemoval,
  type OwnSubjects,
  type Publication,
  runOf,
  type Sent,
} from './traffic.ts';

/** Checks the rules that the messages of an agent show alone: 1, 2, 3, 9 and 10. */
export function judgeTraffic(
  messages: readonly ClientMessage[],
  own: OwnSubjects,
  verdicts: Verdicts,
): void {
  const sent = messages.filter((message) => message.kind === 'publish');
  judgeConnections(messages, own, verdicts);
  judgeFirstLease(messages, own, verdicts);
  judgeTargets(sent, own, verdicts);
  for (const commit of commitsIn(sent.filter((one) => isRecord(one, own) || isEvent(one, own)))) {
    judgeCommit(commit, own, verdicts);
  }
}

function judgeConnections(
  messages: readonly ClientMessage[],
  own: OwnSubjects,
  verdicts: Verdicts,
): void {
  const slot = own.run.split('.').slice(3, 5).join('/');
  const name = new RegExp(`^rollcall ${slot} [0-9a-z]{8,64}$`);
  for (const message of messages) {
    if (message.kind !== 'connect') continue;
    const { name: given, headers, no_responders: noResponders } = message.options;
    if (typeof given !== 'string' || !name.test(given)) {
      verdicts.fail(1, `a connection is named ${JSON.stringify(given)}`);
    } else if (headers !== true || noResponders !== true) {
      verdicts.fail(
        1,
        `CONNECT has headers: ${headers}, no_responders: ${noResponders}; both must be true`,
      );
    } else verdicts.pass(1, given);
  }
}

function judgeFirstLease(
  messages: readonly ClientMessage[],
  own: OwnSubjects,
  verdicts: Verdicts,
): void {
  const subscribed = new Set<string>();
  const leased = new Set<string>();
  for (const message of messages) {
    if (message.kind === 'subscribe') subscribed.add(message.subject);
    if (message.kind !== 'publish' || isRemoval(message)) continue;
    if (isLease(message, own)) {
      const run = runOf(message, own);
      if (leased.has(run)) continue;
      leased.add(run);
      judgeCreation(message, verdicts);
    } else if (isEvent(message, own) && !leased.has(runOf(message, own))) {
      const run = runOf(message, own);
      if (!isOfNewRun(message)) continue;
      verdicts.fail(3, `the run ${run} wrote its first event before it created its lease`);
    }
    if (isEvent(message, own) && isOfNewRun(message)) {
      const subject = own.run + runOf(message, own);
      if (subscribed.has(subject)) verdicts.pass(2, `subscribed to ${subject}`);
      else verdicts.fail(2, `took its slot without a subscription to ${subject}`);
    }
  }
}

/** The first event of a run: `<run>.1`. */
const isOfNewRun = ({ subject }: Publication): boolean => /\.[0-9a-z]{8,64}\.1$/.test(subject);

function judgeCreation(message: Publication, verdicts: Verdicts): void {
  const expected = expectationOf(message);
  const ttl = message.headers['Nats-TTL'];
  if (expected !== '0') {
    verdicts.fail(3, `the first write of a lease expects ${expected ?? 'nothing'}, not 0`);
  } else if (ttl === undefined) verdicts.fail(3, 'a lease is written without Nats-TTL');
  else verdicts.pass(3, `created with Nats-TTL ${ttl}`);
}

/** Requests and answers, which change no stream. */
const harmless =
  /^(\$JS\.([^.]+\.)?API\.(INFO|STREAM\.(INFO|NAMES|LIST|MSG\.GET)|DIRECT|CONSUMER)\b|\$JS\.(ACK|FC)\.|\$SYS\.REQ\.|_INBOX\.|_R_\.)/;

function judgeTargets(sent: readonly Sent[], own: OwnSubjects, verdicts: Verdicts): void {
  const mayWrite = (message: Publication) =>
    isLease(message, own) ||
    isRecord(message, own) ||
    isEvent(message, own) ||
    message.subject.startsWith(`${own.namespace}fence.`) ||
    message.subject.startsWith(`${own.namespace}run.`) ||
    /^\$KV\.rollcall_[^.]+_keyframes\.chart\./.test(message.subject) ||
    harmless.test(message.subject);
  const foreign = sent.filter((message) => !mayWrite(message));
  for (const { subject } of foreign) verdicts.fail(10, `wrote ${subject}`);
  if (foreign.length === 0 && sent.length > 0) verdicts.pass(10, `${sent.length} messages`);
}

function judgeCommit(commit: readonly Sent[], own: OwnSubjects, verdicts: Verdicts): void {
  const records = commit.filter((message) => isRecord(message, own));
  for (const message of records) {
    if (expectationOf(message) === undefined) {
      verdicts.fail(9, `wrote ${message.subject} without an expected revision`);
    }
    if (message.headers[batchHeader] === undefined) {
      verdicts.fail(9, `wrote ${message.subject} alone, not in a batch with its event`);
    }
  }
  if (records.length === 0) return;
  const isFenced =
    records.some(({ subject }) => subject === own.agent) ||
    commit.some((message) => fenceOf(message) === own.agent);
  if (!isFenced) {
    verdicts.fail(
      9,
      `wrote ${records[0]?.subject} without the agent record and without a fence on it`,
    );
  } else verdicts.pass(9, 'every commit has expectations and a fence');
}

/** How much longer than ttl/3 the time between two renewals may be, for the delays of a busy machine. */
const slack = 0.27;

/** Whether renewals came as rule 4 wants, in a time in which nothing disturbed the agent. */
export function judgeRenewals(
  messages: readonly ClientMessage[],
  own: OwnSubjects,
  {
    from,
    to,
    ttl,
  }: { readonly from: MonotonicTime; readonly to: MonotonicTime; readonly ttl: Millis },
): { readonly isInTime: boolean; readonly seen: string } {
  const renewals = messages
    .filter((one) => one.kind === 'publish')
    .filter((one) => isLease(one, own) && !isRemoval(one) && one.at >= from && one.at <= to)
    .map(({ at }) => at);
  const times = [from, ...renewals, to];
  const longest = Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
  const most = ttl * (1 / 3 + slack);
  const seen = `${renewals.length} renewals in ${Math.round(to - from)} ms, at most ${Math.round(longest)} ms apart; ttl/3 is ${Math.round(ttl / 3)} ms`;
  return { isInTime: longest <= most, seen };
}

/** An agent that is refused stops renewing; one that has no answer may send again, but not so soon. */
const refusedAgainWithin = 0.9;

/** The time between two renewals at the revision of a lease that was lost: it goes on as if it had the lease (rule 17). */
export function renewedWhenLost(
  sent: readonly Sent[],
  own: OwnSubjects,
  { revision, ttl }: { readonly revision: Revision | undefined; readonly ttl: Millis },
): Millis | undefined {
  const times = sent
    .filter((one) => isLease(one, own) && expectationOf(one) === `${revision}`)
    .map(({ at }) => at);
  return times
    .slice(1)
    .map((at, index) => at - (times[index] ?? at))
    .find((after) => after < refusedAgainWithin * ttl);
}
