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
    about: 'the life of the lease: silent for longer is suspect',
    fallback: '15s',
    rule: Duration.pipe(LeasePolicy.shape.ttl).default(defaultLease.ttl),
  },
  grace: {
    flag: '--grace <duration>',
    about: 'how long a suspicion stands before it may become an expiry',
    fallback: '30s',
    rule: Duration.pipe(LeasePolicy.shape.grace).default(defaultLease.grace),
  },
} as const satisfies Settings;

const Text = z.string().min(1, 'not empty');

/** What an agent needs beside a name. */
export const agentSettings = {
  ...lease,
  host: {
    flag: '--host <id>',
    about: 'the id of this machine',
    fallback: 'kept in the state directory',
    rule: HostId.optional(),
  },
  zone: {
    flag: '--zone <name>',
    about: 'what fails together with this host: a rack, a datacentre',
    rule: ZoneName.optional(),
  },
  address: {
    flag: '--address <address>',
    about: 'where this host is reached, for people to see',
    rule: Text.max(1024).optional(),
  },
  collect: {
    flag: '--no-collect',
    about: 'do not offer this process for a collector’s seat',
    rule: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  takeover: {
    flag: '--takeover',
    about: 'take the slot from a run that is alive',
    rule: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(false),
  },
  whenExpired: {
    flag: '--when-expired <what>',
    about: 'start-over as a new run, or exit',
    fallback: 'start-over',
    rule: z.enum(['start-over', 'exit'], { error: 'start-over or exit' }).default('start-over'),
  },
  drain: {
    flag: '--drain <duration>',
    about: 'how long instances stand as draining before a polite leave removes them',
    fallback: '0s',
    rule: Duration.default(seconds(0)),
  },
  stateDir: {
    flag: '--state-dir <dir>',
    about: 'where the host id is kept',
    fallback: '$XDG_STATE_HOME/rollcall',
    rule: Text.optional(),
  },
} as const satisfies Settings;
