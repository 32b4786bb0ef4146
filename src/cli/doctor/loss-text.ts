import { type LossKind, lossNames, type StoreLoss } from '../../domain/store-history/store-loss.ts';

/** What was lost, as a sentence. */
export function lossSentence(loss: StoreLoss): string {
  const { kind, kept, origin, seq } = loss;
  const what = lossNames[kind];
  switch (kind) {
    case 'registry-lost-tail':
      return `${what}: it continued after revision ${kept}, and the audit had events up to #${seq}, revision ${origin}`;
    case 'registry-made-anew':
      return `${what} after event #${seq}: all earlier records are gone`;
    case 'audit-lost-tail':
    case 'audit-made-anew':
      return `${what}: the events between #${seq} and revision ${origin} are gone`;
    default:
      return kind satisfies never;
  }
}

/** What a repair does about it. */
export const repairOf: Readonly<Record<LossKind, string>> = {
  'registry-lost-tail':
    'the repair skips the lost revision numbers, writes events again that the audit cannot reach, and records in the audit at which revision the registry continued',
  'registry-made-anew':
    'the audit records it; agents register again by themselves, holds and the policy must be set again',
  'audit-lost-tail':
    'the audit records the gap, and the outbox is trimmed again; if there is a newer copy of the audit, restore that instead',
  'audit-made-anew':
    'the audit records where it begins, and the outbox is trimmed again; if there is a copy of the audit, restore that instead',
};
