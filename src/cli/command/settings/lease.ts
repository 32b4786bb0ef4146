import { z } from 'zod';
import { Duration } from '../../../composition/duration.ts';
import { HostId, ZoneName } from '../../../domain/identity/names.ts';
import { defaultLease, LeasePolicy } from '../../../domain/policy/lease-policy.ts';
import { seconds } from '../../../domain/time.ts';
import type { Settings } from './setting.ts';

/** How long a run may be silent. */
export const lease = {
  ttl: {
    flag: '--ttl <duration>',
    description: 'the life of the lease: silent for longer is suspect',
    fallback: '15s',
    schema: Duration.pipe(LeasePolicy.shape.ttl).default(defaultLease.ttl),
  },
  grace: {
    flag: '--grace <duration>',
    description: 'how long a suspicion stands before it may become an expiry',
    fallback: '30s',
    schema: Duration.pipe(LeasePolicy.shape.grace).default(defaultLease.grace),
  },
} as const satisfies Settings;

const Text = z.string().min(1, 'not empty');

/** What an agent needs beside a name. */
export const agentSettings = {
  ...lease,
  host: {
    flag: '--host <id>',
    description: 'the id of this machine',
    fallback: 'kept in the state directory',
    schema: HostId.optional(),
  },
  zone: {
    flag: '--zone <name>',
    description: 'what fails together with this host: a rack, a datacentre',
    schema: ZoneName.optional(),
  },
  address: {
    flag: '--address <address>',
    description: 'where this host is reached, for people to see',
    schema: Text.max(1024).optional(),
  },
  collect: {
    flag: '--no-collect',
    description: 'do not offer this process for a collector’s seat',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  takeover: {
    flag: '--takeover',
    description: 'take the slot from a run that is alive',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(false),
  },
  whenExpired: {
    flag: '--when-expired <what>',
    description: 'start-over as a new run, or exit',
    fallback: 'start-over',
    schema: z.enum(['start-over', 'exit'], { error: 'start-over or exit' }).default('start-over'),
  },
  drain: {
    flag: '--drain <duration>',
    description: 'how long instances stand as draining before a polite leave removes them',
    fallback: '0s',
    schema: Duration.default(seconds(0)),
  },
  stateDir: {
    flag: '--state-dir <dir>',
    description: 'where the host id is kept',
    fallback: '$XDG_STATE_HOME/rollcall',
    schema: Text.optional(),
  },
} as const satisfies Settings;
