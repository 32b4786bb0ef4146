import { seconds } from '../domain/time.ts';
import type { Row } from './row.ts';
import { at } from './rows/at.ts';
import { directory } from './rows/directory.ts';
import { frozen } from './rows/frozen.ts';
import { heartbeat } from './rows/heartbeat.ts';
import { killed } from './rows/killed.ts';
import { removal } from './rows/removal.ts';
import { replay } from './rows/replay.ts';
import { verify } from './rows/verify.ts';

/** What `rollcall bench` measures, in its order. */
export const rows: readonly Row[] = [
  killed('killed', seconds(15)),
  killed('killed-6s', seconds(6)),
  frozen('frozen', seconds(15)),
  frozen('frozen-4s', seconds(4)),
  removal,
  heartbeat,
  directory,
  replay,
  verify,
  at,
];
