import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { common } from '../../../../src/cli/command/settings/common.ts';
import { lease } from '../../../../src/cli/command/settings/lease.ts';
import { metrics } from '../../../../src/cli/command/settings/metrics.ts';
import {
  isGiven,
  readSettings,
  refuseUnknown,
  type Sources,
} from '../../../../src/cli/command/settings/read.ts';
import { nameOf, variableOf } from '../../../../src/cli/command/settings/setting.ts';
import { Duration } from '../../../../src/composition/time/duration.ts';

const file = (values: Record<string, unknown>) => ({
  values,
  positionOf: (name: string) => `rollcall.yaml:${Object.keys(values).indexOf(name) + 1}`,
});
const from = (more: Partial<Sources> = {}): Sources => ({ flags: {}, env: {}, ...more });
const wait = {
  wait: { flag: '--wait-for <duration>', description: 'so long', schema: Duration.default(1) },
};

describe('the source of a setting', () => {
  const all = from({
    flags: { waitFor: '1s' },
    env: { ROLLCALL_WAIT_FOR: '2s' },
    file: file({ 'wait-for': '3s' }),
  });

  it('is the flag before the environment', () => {
    expect(readSettings(wait, all)).toEqual({ wait: 1000 });
  });

  it('is the environment before the file', () => {
    expect(readSettings(wait, { ...all, flags: {} })).toEqual({ wait: 2000 });
  });

  it('is the file before the default', () => {
    expect(readSettings(wait, { ...all, flags: {}, env: {} })).toEqual({ wait: 3000 });
  });

  it('is the default if nothing else sets it', () => {
    expect(readSettings(wait, from())).toEqual({ wait: 1 });
  });

  it('is never an empty variable', () => {
    expect(readSettings(wait, { ...all, flags: {}, env: { ROLLCALL_WAIT_FOR: '' } })).toEqual({
      wait: 3000,
    });
  });

  it('is NATS_URL for the servers if our own variable is not set', () => {
    const { servers } = common;
    const read = (env: Record<string, string>) => readSettings({ servers }, from({ env })).servers;
    expect(read({ NATS_URL: 'nats://a:1, nats://b:2' })).toEqual(['nats://a:1', 'nats://b:2']);
    expect(read({ NATS_URL: 'nats://a:1', ROLLCALL_SERVERS: 'nats://c:3' })).toEqual([
      'nats://c:3',
    ]);
    expect(isGiven(servers, from({ env: { NATS_URL: 'nats://a:1' } }))).toBe(true);
    expect(isGiven(servers, from())).toBe(false);
  });

  it('has a name without `no` for a flag that turns something off', () => {
    expect([nameOf(common.color), variableOf(common.color)]).toEqual(['color', 'ROLLCALL_COLOR']);
    expect(readSettings({ color: common.color }, from({ flags: { color: false } }))).toEqual({
      color: false,
    });
    expect(readSettings({ color: common.color }, from({ env: { ROLLCALL_COLOR: 'no' } }))).toEqual({
      color: false,
    });
  });

  it('is true or false for a switch in the environment or a file', () => {
    const { json } = common;
    expect(readSettings({ json }, from({ env: { ROLLCALL_JSON: 'true' } })).json).toBe(true);
    expect(readSettings({ json }, from({ file: file({ json: false }) })).json).toBe(false);
    expect(() => readSettings({ json }, from({ env: { ROLLCALL_JSON: 'perhaps' } }))).toThrow(
      "ROLLCALL_JSON must be true or false (got 'perhaps')",
    );
  });
});

describe('the address of the metrics', () => {
  it.each([
    ['9464', '127.0.0.1', 9464],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:9464', '0.0.0.0', 9464],
    ['metrics.internal:65535', 'metrics.internal', 65535],
    ['[::1]:9464', '::1', 9464],
  ])('is parsed from %s', (value, host, port) => {
    expect(readSettings(metrics, from({ flags: { metrics: value } }))).toEqual({
      metrics: { host, port },
    });
  });

  it('is absent if it is not set, and a port in the file may be a number', () => {
    expect(readSettings(metrics, from()).metrics).toBeUndefined();
    expect(readSettings(metrics, from({ file: file({ metrics: 9464 }) })).metrics?.port).toBe(9464);
  });
});

describe('an invalid setting', () => {
  it.each([
    [
      { flags: { waitFor: 'soon' } },
      /^--wait-for must be a duration with its unit, .* \(got 'soon'\)$/,
    ],
    [
      { env: { ROLLCALL_WAIT_FOR: '5' } },
      /^ROLLCALL_WAIT_FOR must be a duration with its unit, .* \(got '5'\)$/,
    ],
    [
      { file: file({ 'wait-for': 5 }) },
      /^rollcall\.yaml:1: wait-for must be a duration with its unit, .* \(got 5\)$/,
    ],
  ])('is reported with its value, its source and the rule: %j', (sources, message) => {
    expect(() => readSettings(wait, from(sources))).toThrow(message);
  });

  it('is reported with its purpose if it is missing', () => {
    const name = {
      name: { flag: '--name <name>', description: 'who you are', schema: z.string() },
    };
    expect(() => readSettings(name, from())).toThrow('--name is missing: who you are');
  });

  it('is not repeated if it is a secret', () => {
    const { password } = common;
    const longest = {
      password: { ...password, schema: z.string().max(3, 'at most 3 characters') },
    };
    const read = () => readSettings(longest, from({ env: { ROLLCALL_PASSWORD: 'hunter2' } }));
    expect(read).toThrow('ROLLCALL_PASSWORD must be at most 3 characters');
    expect(read).not.toThrow('hunter2');
  });

  it('is shortened if its value is long', () => {
    const read = () => readSettings(wait, from({ flags: { waitFor: 'x'.repeat(10_000) } }));
    expect(read).toThrow(/^--wait-for must be a duration.*\(got 'x{79}…\)$/);
  });

  it.each([
    ['ttl', '1s', 'at least 2 s'],
    ['ttl', '2500ms', 'whole seconds'],
    ['grace', '0s', 'at least 1 s'],
    ['ttl', '31d', 'at most 30 days'],
  ])('is refused: --%s %s: %s', (name, value, rule) => {
    expect(() => readSettings(lease, from({ flags: { [name]: value } }))).toThrow(
      new RegExp(`^--${name} must be ${rule}.* \\(got '${value}'\\)$`),
    );
  });

  it.each(['', 'nats://', 'http://a:1', 'nats://a b', 'a:1,,b:2'])(
    'is a servers setting of %j',
    (value) => {
      const { servers } = common;
      expect(() => readSettings({ servers }, from({ flags: { servers: value } }))).toThrow(
        /^--servers must be .*nats:\/\/HOST:PORT.* \(got '.*'\)$/,
      );
    },
  );

  it.each(['x', '1:2:3', ':9464', '65536', '127.0.0.1:', '::1:9464', '-1', ''])(
    'is a metrics address of %j',
    (value) => {
      expect(() => readSettings(metrics, from({ flags: { metrics: value } }))).toThrow(
        '--metrics must be [HOST:]PORT',
      );
    },
  );

  it('is reported with its line if the file has a key that no command has', () => {
    const sources = from({ file: file({ namespace: 'a', naemspace: 'b' }) });
    expect(() => refuseUnknown(sources, Object.values(common))).toThrow(
      "rollcall.yaml:2: unknown setting 'naemspace'",
    );
    const known = from({ file: file({ namespace: 'a' }) });
    expect(() => refuseUnknown(known, Object.values(common))).not.toThrow();
  });
});
