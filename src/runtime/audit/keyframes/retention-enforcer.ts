import { Fault } from '../../../domain/fault.ts';
import { policyKey } from '../../../domain/identity/registry-keys.ts';
import { readPolicy } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import { latestSignedKeyframe } from './signed-keyframes.ts';

type RetentionPorts = Pick<
  Ports,
  'audit' | 'registry' | 'keyframes' | 'log' | 'hash' | 'signatures'
>;

/**
 * Enforces the retention of the policy on the audit stream. Without a policy record, or with an
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
    const keyframe = requested === '{}' ? 0 : await this.#latestSigned();
    if (requested !== '{}' && keyframe < signed) return;
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

  /** The last keyframe whose signature is in the history; 0: none. */
  async #latestSigned(): Promise<Revision> {
    return (await latestSignedKeyframe(this.#ports))?.signature.keyframe ?? 0;
  }
}
