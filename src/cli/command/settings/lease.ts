import { z } from 'zod';
import { Duration } from '../../../composition/time/duration.ts';
import { ZoneName } from '../../../domain/identity/names.ts';
import { defaultLease, LeasePolicy } from '../../../domain/policy/lease-policy.ts';
import { seconds } from '../../../domain/time.ts';
import { formatSetting } from '../../terminal/format-time.ts';
import { hostSetting } from './host.ts';
import type { Settings } from './setting.ts';

/** How long a run may be silent before it is suspect, and then declared dead. */
export const lease = {
  ttl: {
    flag: '--ttl <duration>',
    description: 'time to live of the lease of a run; a run that is silent for longer is suspect',
    fallback: formatSetting(defaultLease.ttl),
    schema: Duration.pipe(LeasePolicy.unwrap().shape.ttl).default(defaultLease.ttl),
  },
  grace: {
    flag: '--grace <duration>',
    description: 'time a run stays suspect before it is declared dead',
    fallback: formatSetting(defaultLease.grace),
    schema: Duration.pipe(LeasePolicy.unwrap().shape.grace).default(defaultLease.grace),
  },
} as const satisfies Settings;

/** The same for a process that collects: the limits of runs are in their records. */
export const collectorLease = {
  ttl: {
    ...lease.ttl,
    description: 'time to live of the seat of a collector; runs have a ttl of their own',
  },
  grace: {
    ...lease.grace,
    description:
      'with --ttl: how long an instance whose agent has no record is kept; runs have a grace of their own',
  },
} as const satisfies Settings;

const Text = z.string().min(1, 'not empty');

/** Settings of an agent besides its name. */
export const agentSettings = {
  ...lease,
  host: hostSetting,
  zone: {
    flag: '--zone <name>',
    description: 'failure domain of this host, as in --zone ams: a rack, a datacentre',
    schema: ZoneName.optional(),
  },
  address: {
    flag: '--address <address>',
    description: 'address of this host, and of its instances that have a port and no address',
    fallback: 'that of the first network interface, for instances',
    schema: Text.max(1024).optional(),
  },
  collect: {
    flag: '--no-collect',
    description: 'do not let this process take a collector seat',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  takeover: {
    flag: '--takeover',
    description: 'take the agent name from a run that is still alive',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(false),
  },
  whenExpired: {
    flag: '--when-expired <what>',
    description: 'after it was declared dead: start-over (as a new run) or exit',
    fallback: 'start-over',
    schema: z.enum(['start-over', 'exit'], { error: 'start-over or exit' }).default('start-over'),
  },
  drain: {
    flag: '--drain <duration>',
    description: 'time that instances stay draining before an orderly stop removes them',
    fallback: '0s',
    schema: Duration.default(seconds(0)),
  },
  stateDir: {
    flag: '--state-dir <dir>',
    description: 'directory that stores the host id',
    fallback: '$XDG_STATE_HOME/rollcall',
    schema: Text.optional(),
  },
} as const satisfies Settings;
