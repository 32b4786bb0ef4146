import { Fault } from '../../../domain/fault.ts';
import { policyKey } from '../../../domain/identity/registry-keys.ts';
import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import { isSameRetention } from '../../../domain/policy/safe-retention.ts';
import { readPolicy } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Trim } from '../../../ports/audit.ts';
import type { Ports } from '../../../ports/ports.ts';
import { unreadable } from '../../operator/operator-actions.ts';
import { latestSignedKeyframe } from './signed-keyframes.ts';

type RetentionPorts = Pick<
  Ports,
  'audit' | 'registry' | 'keyframes' | 'log' | 'hash' | 'signatures'
>;

/**
 * Enforces the retention of the policy on the audit stream, if the login of this collector may. Without a policy record, or with an
 * unreadable one, the limits stay as they are.
 *
 * A refused limit is tried again with the next signed keyframe, or when the policy changes.
 */
export class RetentionEnforcer {
  readonly #ports: RetentionPorts;
  #applied: string | undefined;
  #refused: string | undefined;

  constructor(ports: RetentionPorts) {
    this.#ports = ports;
  }

  /**
   * `signed`: the last signed keyframe; its signature may not be stored yet.
   * @throws {Fault} `store-unavailable`
   */
  async keep(signed: Revision): Promise<void> {
    const { audit, registry, log } = this.#ports;
    const read = readPolicy(await registry.read(policyKey));
    if (read.kind !== 'stored') return;
    const { retention } = read.record.policy;
    const requested = JSON.stringify(retention);
    if (requested === this.#applied || `${requested} ${signed}` === this.#refused) return;
    const keyframe = await coveringKeyframe(retention, this.#ports);
    if (isLimited(retention) && keyframe < signed) return;
    try {
      await audit.limit(retention, keyframe, () => isPolicy(retention, this.#ports));
      this.#applied = requested;
      log.info('history-limited', { retention, keyframe });
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'store-refused') throw cause;
      this.#applied = undefined;
      this.#refused = `${requested} ${signed}`;
      log.warn('history-not-limited', { retention, why: cause.message });
    }
  }
}

/** The limits of the policy, the keyframe that they need, and what they would remove. */
export interface LimitPlan {
  readonly retention: Retention;
  /** The last signed keyframe; 0: none, or none is needed. */
  readonly keyframe: Revision;
  /** The limits that the history has now. */
  readonly before: Retention;
  readonly trim: Trim;
}

type LimitPorts = Pick<RetentionPorts, 'audit' | 'registry' | 'keyframes' | 'hash' | 'signatures'>;

/**
 * What `limitHistory` would do. Undefined: there is no policy, and the limits stay.
 * @throws {Fault} `record-unreadable`, `store-unavailable`
 */
export async function planLimits(ports: LimitPorts): Promise<LimitPlan | undefined> {
  const read = readPolicy(await ports.registry.read(policyKey));
  if (read.kind === 'unreadable') throw unreadable(read);
  if (read.kind === 'absent') return undefined;
  const { retention } = read.record.policy;
  const keyframe = await coveringKeyframe(retention, ports);
  const { audit } = ports;
  const [before, trim] = [await audit.limits(), await audit.trim(retention, keyframe)];
  return { retention, keyframe, before, trim };
}

/**
 * Sets these limits on the audit stream now, once, if they still are those of the policy.
 * @throws {Fault} `store-refused` with the reason: no signed keyframe covers what the limits would remove, the policy has
 *   changed, or this login may not; `store-unavailable`
 */
export async function limitHistory(
  { retention, keyframe }: Pick<LimitPlan, 'retention' | 'keyframe'>,
  ports: LimitPorts,
): Promise<void> {
  await ports.audit.limit(retention, keyframe, () => isPolicy(retention, ports));
}

/** Whether the policy has this retention now. */
async function isPolicy(
  retention: Retention,
  { registry }: Pick<RetentionPorts, 'registry'>,
): Promise<boolean> {
  const read = readPolicy(await registry.read(policyKey));
  return read.kind === 'stored' && isSameRetention(read.record.policy.retention, retention);
}

const isLimited = ({ maxAge, maxBytes }: Retention): boolean =>
  maxAge !== undefined || maxBytes !== undefined;

/** The last keyframe whose signature is in the history; 0: none, or none is needed. */
const coveringKeyframe = async (
  retention: Retention,
  ports: Pick<RetentionPorts, 'audit' | 'keyframes' | 'hash' | 'signatures'>,
): Promise<Revision> =>
  isLimited(retention) ? ((await latestSignedKeyframe(ports))?.signature.keyframe ?? 0) : 0;
