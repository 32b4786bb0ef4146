import { z } from 'zod';
import { Duration } from '../../../composition/duration.ts';
import { Fault } from '../../../domain/fault.ts';
import { getOwn } from '../../../domain/json.ts';
import {
  BrakePolicy,
  defaultFleetPolicy,
  FleetPolicy,
  Retention,
} from '../../../domain/policy/fleet-policy.ts';
import { formatSetting } from '../../terminal/format-time.ts';
import { Size, sizeWritten } from './size.ts';

/** One thing that the policy says: how people write it, and its rule. */
interface PolicySetting {
  readonly about: string;
  /** What a value must be. */
  readonly rule: string;
  /** From a text; the policy's own rules come after. */
  readonly reads: z.ZodType<number>;
  readonly checks: z.ZodType;
  write(value: number): string;
}

const plain = {
  reads: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'a number')
    .transform(Number),
  write: (value: number) => String(value),
};
const fraction = {
  reads: z
    .string()
    .regex(/^\d+(\.\d+)?%?$/, 'a fraction')
    .transform((text) => (text.endsWith('%') ? Number.parseFloat(text) / 100 : Number(text))),
  write: (value: number) => String(value),
};
const duration = { reads: Duration, write: formatSetting };
const { seats } = FleetPolicy.shape;

/** By name, in the order in which they are shown. */
const policySettings: Readonly<Record<string, PolicySetting>> = {
  seats: {
    ...plain,
    about: 'how many collectors watch at once',
    rule: 'a whole number from 1 to 16',
    checks: seats,
  },
  'brake.fraction': {
    ...fraction,
    about: 'braked when more than this fraction of a zone is suspect ...',
    rule: 'a fraction from 0 to 1, like 0.3 or 30%',
    checks: BrakePolicy.shape.fraction,
  },
  'brake.count': {
    ...plain,
    about: '... and at least so many runs are',
    rule: 'a whole number from 1 to 1000000',
    checks: BrakePolicy.shape.count,
  },
  'brake.release': {
    ...fraction,
    about: 'released when less than this fraction is',
    rule: 'a fraction from 0 to 1, at most brake.fraction',
    checks: BrakePolicy.shape.release,
  },
  'brake.pace': {
    ...duration,
    about: 'while braked, one run is declared dead in this time',
    rule: 'a duration from 1ms to 1h, like 10s',
    checks: BrakePolicy.shape.pace,
  },
  'retention.maxAge': {
    ...duration,
    about: 'how long the history is kept',
    rule: 'a duration from 2d to 3650d, like 90d; or none',
    checks: Retention.shape.maxAge,
  },
  'retention.maxBytes': {
    reads: Size,
    write: sizeWritten,
    about: 'how much of it is kept',
    rule: 'a size from 1MB on, like 10GB; or none',
    checks: Retention.shape.maxBytes,
  },
};

const names = Object.keys(policySettings);
const none = 'none';

/** One line of what the fleet goes by. */
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

/** The settings that are not as they are by default. */
export const settingsSaid = (policy: FleetPolicy): readonly string[] =>
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

const wished = (policy: unknown, name: string): string => shown(policy as FleetPolicy, name);

function valueAt(policy: FleetPolicy, name: string): number | undefined {
  const [first = '', second] = name.split('.');
  const part = (policy as Readonly<Record<string, unknown>>)[first];
  if (second === undefined) return part as number | undefined;
  return (part as Readonly<Record<string, number | undefined>>)[second];
}

/** What somebody wants otherwise: undefined means without a limit. */
export type PolicyChanges = ReadonlyMap<string, number | undefined>;

/**
 * What `name=value` texts say. `default` is what holds where nothing is said.
 * @throws {Fault} `bad-setting` naming the setting, the value and the rule
 */
export function parsePolicyChanges(texts: readonly string[]): PolicyChanges {
  const wishes = new Map<string, number | undefined>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [text, text];
    const setting = getOwn(policySettings, name);
    if (!setting) {
      throw new Fault('bad-setting', `the policy has no '${name.slice(0, 80)}'`, {
        hint: `it has ${names.join(', ')}`,
      });
    }
    if (!text.includes('=')) {
      throw new Fault('bad-setting', `'${text}' says no value: ${name}=VALUE, ${setting.rule}`);
    }
    if (wishes.has(name)) throw new Fault('bad-setting', `${name} is said twice`);
    wishes.set(name, valueIn(name, value, setting));
  }
  return wishes;
}

function valueIn(name: string, text: string, { reads, checks, rule }: PolicySetting) {
  if (text === 'default') return valueAt(defaultFleetPolicy, name);
  if (text === none && name.startsWith('retention.')) return undefined;
  const read = reads.safeParse(text);
  if (read.success && checks.safeParse(read.data).success) return read.data;
  throw new Fault('bad-setting', `${name} '${text.slice(0, 80)}': ${rule}`);
}

/** The policy with these wishes. @throws {Fault} `bad-setting` where they do not go together */
export function applyPolicyChanges(policy: FleetPolicy, wishes: PolicyChanges): FleetPolicy {
  const { brake, retention, ...rest } = policy;
  const next: Record<string, unknown> & { brake: object; retention: object } = {
    ...rest,
    brake: { ...brake, ...under('brake.', wishes) },
    retention: { ...retention, ...under('retention.', wishes) },
  };
  if (wishes.has('seats')) next['seats'] = wishes.get('seats');
  const read = FleetPolicy.safeParse(JSON.parse(JSON.stringify(next)));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return `${name} ${wishes.has(name) ? '' : 'stays '}${wished(next, name)}: ${message}`;
  });
  throw new Fault('bad-setting', wrong.join('; '), {
    hint: 'set both together, or see what holds now: rollcall policy',
  });
}

const under = (prefix: string, wishes: PolicyChanges) =>
  Object.fromEntries(
    [...wishes].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
