import { Fault } from '../../../domain/fault.ts';
import { policyKey } from '../../../domain/identity/registry-keys.ts';
import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import { readPolicy } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
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
      await audit.limit(retention, keyframe);
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

/**
 * Sets the limits of the policy on the audit stream now, once. Undefined: there is no policy, and the limits stay.
 * @throws {Fault} `store-refused` with the reason: no signed keyframe covers what the limits would remove, or this login may
 *   not; `record-unreadable`; `store-unavailable`
 */
export async function limitHistory(
  ports: Pick<RetentionPorts, 'audit' | 'registry' | 'keyframes' | 'hash' | 'signatures'>,
): Promise<{ readonly retention: Retention; readonly keyframe: Revision } | undefined> {
  const read = readPolicy(await ports.registry.read(policyKey));
  if (read.kind === 'unreadable') throw unreadable(read);
  if (read.kind === 'absent') return undefined;
  const { retention } = read.record.policy;
  const keyframe = await coveringKeyframe(retention, ports);
  await ports.audit.limit(retention, keyframe);
  return { retention, keyframe };
}

const isLimited = ({ maxAge, maxBytes }: Retention): boolean =>
  maxAge !== undefined || maxBytes !== undefined;

/** The last keyframe whose signature is in the history; 0: none, or none is needed. */
const coveringKeyframe = async (
  retention: Retention,
  ports: Pick<RetentionPorts, 'audit' | 'keyframes' | 'hash' | 'signatures'>,
): Promise<Revision> =>
  isLimited(retention) ? ((await latestSignedKeyframe(ports))?.signature.keyframe ?? 0) : 0;
