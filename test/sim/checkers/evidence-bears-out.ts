import { lateAfter } from '../../../src/domain/policy/lease-policy.ts';
import type { Checker } from './checks.ts';

/** The evidence that each verdict requires; docs/explanation/guarantees.md states each rule. */
const rules: Readonly<Record<string, (of: Evidence) => readonly (readonly [string, boolean])[]>> = {
  'run suspected': ({ reason, lease, probe, connection, silentFor = 0, policy }) =>
    reason === 'silent'
      ? [
          [`its lease was ${lease}`, isOver(lease, silentFor, policy)],
          [`it was silent for ${silentFor} ms`, silentFor >= policy.ttl],
        ]
      : [
          [`asked, it was ${probe}`, probe === 'no-responders'],
          [
            'it was neither late nor its connection closed',
            connection !== 'open' || silentFor >= lateAfter(policy),
          ],
        ],
  'run expired': ({ lease, hold, probe, brake, silentFor = 0, suspectFor = 0, policy }) => [
    [`its lease was ${lease}`, isOver(lease, silentFor, policy)],
    [`a hold was ${hold}`, hold === 'absent'],
    [`asked, it was ${probe}`, probe === 'no-responders' || probe === 'no-answer'],
    [`the brake was ${brake}`, brake === 'off' || brake === 'lets-through'],
    [`it was suspect for ${suspectFor} ms`, suspectFor >= policy.grace],
  ],
};

/** A lease that the server keeps must have stood still for two ttls. */
const isOver = (lease: string, silentFor: number, { ttl }: Evidence['policy']): boolean =>
  lease === 'absent' || (lease === 'unmoved' && silentFor >= 2 * ttl);

/**
 * Every verdict records sufficient evidence. This is checked separately because a fence or the run itself
 * may correct an unfounded verdict, and then no other check would find it.
 */
export const evidenceBearsOut: Checker = {
  guarantee: 'the evidence bears out the verdict',
  survivesLoss: true,
  of: (_, complain) => ({
    onWritten: ({ events }) => {
      for (const { of, event, evidence } of events) {
        const broken = rules[`${of.entity} ${event.type}`]?.({
          ...(evidence as unknown as Evidence),
          reason: event['reason'],
        });
        for (const [what, isSo] of broken ?? []) {
          if (!isSo) complain(`${of.run} ${event.type}, and ${what}`);
        }
      }
    },
  }),
};

interface Evidence {
  readonly reason: unknown;
  readonly lease: string;
  readonly probe: string;
  readonly connection: string;
  readonly hold: string;
  readonly brake: string;
  readonly silentFor?: number;
  readonly suspectFor?: number;
  readonly policy: { readonly ttl: number; readonly grace: number };
}
