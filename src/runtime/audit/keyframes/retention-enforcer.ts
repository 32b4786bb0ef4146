import { Fault } from '../../../domain/fault.ts';
import { policyKey } from '../../../domain/identity/registry-keys.ts';
import { readPolicy } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import { latestSignedKeyframe } from './latest-keyframe.ts';

type LimitPorts = Pick<Ports, 'audit' | 'registry' | 'keyframes' | 'log' | 'hash'>;

/**
 * Has as much of the history kept as the policy says. Where nobody has said a policy, and where it
 * can't be read, the limits stay as they are.
 *
 * What is refused is tried again with the next signed keyframe, or when the policy changes.
 */
export class RetentionEnforcer {
  readonly #ports: LimitPorts;
  #held: string | undefined;
  #refused: string | undefined;

  constructor(ports: LimitPorts) {
    this.#ports = ports;
  }

  /**
   * `signed`: the last keyframe that was signed; its signature may still be on its way.
   * @throws {Fault} `store-unavailable`
   */
  async keep(signed: Revision): Promise<void> {
    const { audit, registry, log } = this.#ports;
    const read = readPolicy(await registry.read(policyKey));
    if (read.kind !== 'stored') return;
    const { retention } = read.record.policy;
    const wanted = JSON.stringify(retention);
    if (wanted === this.#held || `${wanted} ${signed}` === this.#refused) return;
    const stands = wanted === '{}' ? 0 : await this.#standing();
    if (wanted !== '{}' && stands < signed) return;
    try {
      await audit.limit(retention, stands);
      this.#held = wanted;
      log.info('history-limited', { retention, keyframe: stands });
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'store-refused') throw cause;
      this.#held = undefined;
      this.#refused = `${wanted} ${signed}`;
      log.warn('history-not-limited', { retention, why: cause.message });
    }
  }

  /** The last keyframe whose signature is in the history; 0: none. */
  async #standing(): Promise<Revision> {
    return (await latestSignedKeyframe(this.#ports))?.signature.keyframe ?? 0;
  }
}
