import { z } from 'zod';
import { Duration } from '../../../composition/time/duration.ts';
import { Fault } from '../../../domain/fault.ts';
import { getOwn } from '../../../domain/json.ts';
import { defaultFlaps } from '../../../domain/policy/flaps.ts';
import {
  BrakePolicy,
  defaultFleetPolicy,
  FleetPolicy,
  Retention,
  Signatures,
} from '../../../domain/policy/fleet-policy.ts';
import { formatSetting } from '../../terminal/format-time.ts';
import { Size, sizeWritten } from './size.ts';

type Value = number | string;

/** One setting of the fleet policy: its text form and its rule. */
interface PolicySetting {
  readonly about: string;
  /** What a value must be, for messages. */
  readonly rule: string;
  /** Parses the text; `checks` are the rules of the policy. */
  readonly parses: z.ZodType<Value>;
  readonly checks: z.ZodType;
  write(value: Value): string;
}

const plain = {
  parses: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'a number')
    .transform(Number),
  write: String,
};
const fraction = {
  parses: z
    .string()
    .regex(/^\d+(\.\d+)?%?$/, 'a fraction')
    .transform((text) => (text.endsWith('%') ? Number.parseFloat(text) / 100 : Number(text))),
  write: String,
};
const duration = { parses: Duration, write: (value: Value) => formatSetting(Number(value)) };
const { seats, flaps } = FleetPolicy.unwrap().shape;
const brake = BrakePolicy.unwrap().shape;
const retention = Retention.unwrap().shape;

/** By name, in the order of the table. */
const policySettings: Readonly<Record<string, PolicySetting>> = {
  seats: {
    ...plain,
    about: 'number of collectors that watch at the same time',
    rule: 'a whole number from 1 to 16',
    checks: seats,
  },
  'brake.fraction': {
    ...fraction,
    about: 'the brake engages when more than this fraction of a zone is suspect ...',
    rule: 'a fraction from 0 to 1, like 0.3 or 30%',
    checks: brake.fraction,
  },
  'brake.count': {
    ...plain,
    about: '... and at least this many runs are suspect',
    rule: 'a whole number from 1 to 1000000',
    checks: brake.count,
  },
  'brake.release': {
    ...fraction,
    about: 'the brake releases when less than this fraction is suspect',
    rule: 'a fraction from 0 to 1, at most brake.fraction',
    checks: brake.release,
  },
  'brake.pace': {
    ...duration,
    about: 'while braked, one run is declared dead per this interval',
    rule: 'a duration from 1ms to 1h, like 10s',
    checks: brake.pace,
  },
  'retention.maxAge': {
    ...duration,
    about: 'maximum age of the history',
    rule: 'a duration from 2d to 3650d, like 90d; or none',
    checks: retention.maxAge,
  },
  'retention.maxBytes': {
    parses: Size,
    write: (value) => sizeWritten(Number(value)),
    about: 'maximum size of the history',
    rule: 'a size of at least 1MB, like 10GB; or none',
    checks: retention.maxBytes,
  },
  signatures: {
    parses: z.string(),
    write: String,
    about: 'whether events of agents that do not sign are accepted by audit verify',
    rule: 'optional or required',
    checks: Signatures,
  },
  flaps: {
    ...plain,
    about: 'returns from suspicion or death in an hour, above which an agent counts as flapping',
    rule: 'a whole number from 1 to 1000',
    checks: flaps,
  },
};

const names = Object.keys(policySettings);
const none = 'none';

/** One setting of the policy as text. */
export interface PolicyLine {
  readonly name: string;
  readonly value: string;
  readonly fallback: string;
  readonly about: string;
}

export const policyLines = (policy: FleetPolicy): readonly PolicyLine[] =>
  Object.entries(policySettings).map(([name, { about }]) => ({
    ...{ name, about },
    value: shown(policy, name),
    fallback: shown(defaultFleetPolicy, name),
  }));

/** Names of the settings that differ from their default. */
export const nonDefaultSettings = (policy: FleetPolicy): readonly string[] =>
  policyLines(policy).flatMap(({ name, value, fallback }) => (value === fallback ? [] : [name]));

export const changedSettings = (before: FleetPolicy, after: FleetPolicy) =>
  names.flatMap((name) => {
    const [was, now] = [shown(before, name), shown(after, name)];
    return was === now ? [] : [{ name, was, now }];
  });

function shown(policy: FleetPolicy, name: string): string {
  const value = valueAt(policy, name);
  return value === undefined ? none : (policySettings[name]?.write(value) ?? '');
}

const shownIn = (policy: unknown, name: string): string => shown(policy as FleetPolicy, name);

function valueAt(policy: FleetPolicy, name: string): Value | undefined {
  const [first = '', second] = name.split('.');
  const part = (policy as Readonly<Record<string, unknown>>)[first];
  if (first === 'flaps') return (part as Value | undefined) ?? defaultFlaps;
  if (second === undefined) return part as Value | undefined;
  return (part as Readonly<Record<string, Value | undefined>>)[second];
}

/** Requested changes by setting name; undefined means without a limit. */
export type PolicyChanges = ReadonlyMap<string, Value | undefined>;

/**
 * Parses `name=value` texts. The value `default` means the default.
 * @throws {Fault} `bad-setting` with the setting, the value and the rule
 */
export function parsePolicyChanges(texts: readonly string[]): PolicyChanges {
  const changes = new Map<string, Value | undefined>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [text, text];
    const setting = getOwn(policySettings, name);
    if (!setting) {
      throw new Fault('bad-setting', `the policy has no setting '${name.slice(0, 80)}'`, {
        hint: `the settings are ${names.join(', ')}`,
      });
    }
    if (!text.includes('=')) {
      throw new Fault(
        'bad-setting',
        `'${text}' has no value: expected ${name}=VALUE, ${setting.rule}`,
      );
    }
    if (changes.has(name)) throw new Fault('bad-setting', `${name} is given twice`);
    changes.set(name, valueIn(name, value, setting));
  }
  return changes;
}

function valueIn(name: string, text: string, { parses, checks, rule }: PolicySetting) {
  if (text === 'default') return valueAt(defaultFleetPolicy, name);
  if (text === none && name.startsWith('retention.')) return undefined;
  const parsed = parses.safeParse(text);
  if (parsed.success && checks.safeParse(parsed.data).success) return parsed.data;
  throw new Fault('bad-setting', `${name} must be ${rule} (got '${text.slice(0, 80)}')`);
}

/** The policy with these changes. @throws {Fault} `bad-setting` if they contradict each other */
export function applyPolicyChanges(policy: FleetPolicy, changes: PolicyChanges): FleetPolicy {
  const { brake, retention, ...rest } = policy;
  const next: Record<string, unknown> & { brake: object; retention: object } = {
    ...rest,
    brake: { ...brake, ...under('brake.', changes) },
    retention: { ...retention, ...under('retention.', changes) },
  };
  const allowed = changes.get('flaps');
  // The default is not written, so that the record has the same fields as one of an older version.
  if (changes.has('flaps')) next['flaps'] = allowed === defaultFlaps ? undefined : allowed;
  for (const name of ['seats', 'signatures']) {
    if (changes.has(name)) next[name] = changes.get(name);
  }
  const parsed = FleetPolicy.safeParse(JSON.parse(JSON.stringify(next)));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return `${name} ${changes.has(name) ? '' : 'stays '}${shownIn(next, name)}: ${message}`;
  });
  throw new Fault('bad-setting', wrong.join('; '), {
    hint: 'set both in one command; current values: rollcall policy',
  });
}

const under = (prefix: string, changes: PolicyChanges) =>
  Object.fromEntries(
    [...changes].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
