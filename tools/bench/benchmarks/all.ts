import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { access } from './access.ts';
import { deaths } from './deaths.ts';
import { directory, directoryOf10k } from './directory-startup.ts';
import { frozen } from './frozen.ts';
import { heartbeat } from './heartbeat.ts';
import { join } from './join.ts';
import { killed, killedUnadvised } from './killed.ts';
import { leader, restart } from './outage.ts';
import { register, registerFew } from './register.ts';
import { removal } from './removal.ts';
import { renewalServer } from './renewal-server.ts';
import { replaced } from './replace.ts';
import { replay } from './replay.ts';
import { at } from './replay-to-moment.ts';
import { seat } from './seat.ts';
import { attached } from './services/attached.ts';
import { dnsLoad } from './services/dns-load.ts';
import { docker } from './services/docker.ts';
import { doors } from './services/doors.ts';
import { haproxy } from './services/haproxy.ts';
import { haproxyPolite } from './services/haproxy-polite.ts';
import { sign } from './sign.ts';
import { verify } from './verify.ts';

/** What `rollcall bench` measures, in its order. */
export const benchmarks: readonly Benchmark[] = [
  killed,
  killedUnadvised,
  frozen('frozen', seconds(15)),
  frozen('frozen-4s', seconds(4)),
  deaths,
  removal,
  restart,
  leader,
  heartbeat,
  sign,
  access,
  directory,
  directoryOf10k,
  replaced,
  seat,
  replay,
  verify,
  at,
  haproxy,
  haproxyPolite,
  doors,
  dnsLoad,
  attached,
  docker,
  register,
  registerFew,
  join,
  renewalServer,
];
