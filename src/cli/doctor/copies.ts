import { type Millis, seconds } from '../../domain/time.ts';
import { type Finding, wrong } from './finding.ts';

const behindAfter: Millis = seconds(10);

interface Replica {
  readonly name: string;
  readonly current?: boolean;
  readonly offline?: boolean;
  /** Nanoseconds since the leader heard from it; 0: never. */
  readonly active: number;
}

interface Info {
  readonly config: { readonly name: string };
  readonly ts?: unknown;
  readonly cluster?: { readonly leader_since?: unknown; readonly replicas?: readonly Replica[] };
}

/** The replicas of a stream that are offline or lack messages. */
export function copyFindings(info: Info): readonly Finding[] {
  const incomplete = (info.cluster?.replicas ?? []).filter(
    (one) => one.offline === true || (one.current !== true && silence(one, info) > behindAfter),
  );
  return incomplete.map(({ name, offline }) =>
    wrong(
      'copies',
      `${info.config.name}: the replica on ${name} is ${offline ? 'offline' : 'behind'}`,
      'check that server: one more failure may leave the stream without a leader',
    ),
  );
}

/** How long the leader has not heard from it. Of a leader that died, the next one never hears. */
function silence({ active }: Replica, { cluster, ts }: Info): Millis {
  if (active > 0) return active / 1e6;
  const led = Date.parse(String(ts)) - Date.parse(String(cluster?.leader_since));
  return Number.isNaN(led) ? Number.POSITIVE_INFINITY : led;
}
