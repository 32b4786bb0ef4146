import { describe, expect, it } from 'vitest';
import {
  judgeRenewals,
  judgeTraffic,
  renewedWhenLost,
} from '../../../src/domain/conformance/judge-traffic.ts';
import { type Rule, Verdicts } from '../../../src/domain/conformance/rules.ts';
import {
  type ClientMessage,
  ownSubjects,
  type Sent,
} from '../../../src/domain/conformance/traffic.ts';

const own = ownSubjects('n', 'h.a');
const run = '0123456789abcdef';
const expect0 = { 'Nats-Expected-Last-Subject-Sequence': '0' };

const publish = (
  subject: string,
  headers: Record<string, string> = {},
  at = 0,
  text = '{}',
): ClientMessage => ({ kind: 'publish', at, subject, headers, text });

const connection: ClientMessage = {
  kind: 'connect',
  at: 0,
  options: { name: `rollcall h/a ${run}`, headers: true, no_responders: true },
};
const subscription: ClientMessage = { kind: 'subscribe', at: 0, subject: own.run + run };
const lease = publish(own.lease + run, { 'Nats-TTL': '2s', ...expect0 });

const batch = (...messages: readonly (readonly [subject: string, headers?: object])[]) =>
  messages.map(([subject, headers]) =>
    publish(subject, { 'Nats-Batch-Id': messages.map(([name]) => name).join(), ...headers }),
  );
const fence = {
  'Nats-Expected-Last-Subject-Sequence': '7',
  'Nats-Expected-Last-Subject-Sequence-Subject': own.agent,
};
const claim = batch([own.agent, expect0], [`${own.events}${run}.1`]);
const registration = batch(
  [`${own.instances}web.w1`, expect0],
  [`${own.events}${run}.web.w1.1`, fence],
);
const right = [connection, subscription, lease, ...claim, ...registration];

function resultOf(rule: Rule, messages: readonly ClientMessage[]) {
  const verdicts = new Verdicts();
  judgeTraffic(messages, own, verdicts);
  return verdicts.all.find((verdict) => verdict.rule === rule);
}

describe('the messages of an agent', () => {
  it.each([1, 2, 3, 9, 10] as const)('pass rule %i if they are right', (rule) => {
    expect(resultOf(rule, right)?.result).toBe('passed');
  });

  const wrong: readonly (readonly [string, Rule, readonly ClientMessage[]])[] = [
    ['another name of the connection', 1, [{ ...connection, options: { name: 'python' } }]],
    ['no subscription before the first event', 2, [lease, ...claim]],
    [
      'a first lease without the expectation 0',
      3,
      [publish(own.lease + run, { 'Nats-TTL': '2s' })],
    ],
    ['a lease without a TTL', 3, [publish(own.lease + run, expect0)]],
    ['a first event before the lease', 3, [subscription, ...claim]],
    ['a record without an expectation', 9, batch([own.agent], [`${own.events}${run}.1`])],
    ['a record outside a batch', 9, [publish(own.agent, expect0)]],
    [
      'instances without a fence',
      9,
      batch([`${own.instances}web.w1`, expect0], [`${own.events}${run}.web.w1.1`]),
    ],
    ['a write of another slot', 10, [publish(`${own.agent}x`, expect0)]],
    ['a deleted stream', 10, [publish('$JS.API.STREAM.DELETE.KV_rollcall_n_registry')]],
    ['a purged stream', 10, [publish('$JS.API.STREAM.PURGE.KV_rollcall_n_registry')]],
  ];
  it.each(wrong)('fail with %s', (_, rule, messages) => {
    expect(resultOf(rule, messages)?.result).toBe('failed');
  });

  it('may be read as requests and answers without breaking rule 10', () => {
    const harmless = [
      '$JS.API.STREAM.MSG.GET.KV_rollcall_n_registry',
      '$JS.hub.API.CONSUMER.CREATE.KV_rollcall_n_registry.x',
      '_INBOX.abc.1',
    ].map((subject) => publish(subject));
    expect(resultOf(10, harmless)?.result).toBe('passed');
  });
});

describe('renewals', () => {
  const judge = (times: readonly number[]) => {
    const renewals = times.map((at) => publish(own.lease + run, {}, at));
    return judgeRenewals(renewals, own, { from: 1000, to: 5000, ttl: 2000 }).isInTime;
  };

  it('are in time at every third of the ttl, also a little late', () => {
    expect(judge([1400, 2100, 2800, 3900, 4600])).toBe(true);
  });

  it.each([
    ['none', []],
    ['one in time and then none', [1500, 2000, 2500]],
    ['each just before the ttl', [1900, 3700, 4900]],
  ])('are too late if there are %s', (_, times) => expect(judge(times)).toBe(false));
});

describe('a lease that was lost at revision 7', () => {
  const expecting = (revision: number, at: number) =>
    publish(own.lease + run, { 'Nats-Expected-Last-Subject-Sequence': `${revision}` }, at);
  const judge = (...sent: readonly ReturnType<typeof expecting>[]) =>
    renewedWhenLost(sent as readonly Sent[], own, { revision: 7, ttl: 2000 });

  it('is renewed as if it were there if a second renewal expects that revision', () => {
    expect(judge(expecting(7, 1000), expecting(7, 1700))).toBe(700);
  });

  it('may be written once with that revision, again after a time-out, and created', () => {
    expect(judge(expecting(7, 1000), expecting(8, 1010))).toBeUndefined();
    expect(judge(expecting(7, 1000), expecting(7, 4000))).toBeUndefined();
  });
});

describe('a verdict', () => {
  it('is `failed` if one of many messages broke the rule, and `not-observed` without messages', () => {
    const verdicts = new Verdicts();
    verdicts.pass(5, 'live');
    verdicts.fail(5, 'not live');
    expect(verdicts.all[4]).toEqual({ rule: 5, result: 'failed', seen: ['not live'] });
    expect(verdicts.all[5]).toEqual({ rule: 6, result: 'not-observed', seen: [] });
  });
});
