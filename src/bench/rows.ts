import { seconds } from '../domain/time.ts';
import type { Row } from './row.ts';
import { at } from './rows/at.ts';
import { directory } from './rows/directory.ts';
import { frozen } from './rows/frozen.ts';
import { heartbeat } from './rows/heartbeat.ts';
import { killed, killedUnadvised } from './rows/killed.ts';
import { leader, restart } from './rows/outage.ts';
import { removal } from './rows/removal.ts';
import { replay } from './rows/replay.ts';
import { seat } from './rows/seat.ts';
import { verify } from './rows/verify.ts';

/** What `rollcall bench` measures, in its order. */
export const rows: readonly Row[] = [
  killed,
  killedUnadvised,
  frozen('frozen', seconds(15)),
  frozen('frozen-4s', seconds(4)),
  removal,
  restart,
  leader,
  heartbeat,
  directory,
  seat,
  replay,
  verify,
  at,
];
