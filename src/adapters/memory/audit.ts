import { Fault } from '../../domain/fault.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import type { Retention } from '../../domain/policy/fleet-policy.ts';
import { isSameRetention, retentionViolation } from '../../domain/policy/safe-retention.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Audit, StoredEvent } from '../../ports/audit.ts';
import type { EventWrite } from '../../ports/registry.ts';
import type { MemoryServer } from './server/memory-server.ts';
import {
  forgetLoss,
  isAuditBehind,
  lossesOf,
  mendRegistry,
  trimOutbox,
} from './server/store-history.ts';
import { eventSubject } from './server/subjects.ts';
import { NoReplyError, requestOver, type Transport } from './server/transport.ts';

const pollInterval: Millis = seconds(1);

export function memoryAudit(server: MemoryServer, transport: Transport): Audit {
  const { audit, clock } = server;

  async function* read(
    from: number,
    filters: readonly string[] = ['>'],
  ): AsyncGenerator<StoredEvent> {
    const wants = matchesSubject(filters);
    const events = await requestOver(transport, 'reading the audit', () => audit.from(from));
    for (const event of events) if (wants(event.subject)) yield event;
  }

  async function* follow(
    from: number,
    signal: AbortSignal,
    filters: readonly string[] = ['>'],
  ): AsyncGenerator<StoredEvent> {
    using listening = audit.listen();
    const wants = matchesSubject(filters);
    let next = Math.max(1, from);
    while (!signal.aborted) {
      for (const event of await orEmpty(transport, () => audit.from(next))) {
        next = event.seq + 1;
        if (wants(event.subject)) yield event;
        if (signal.aborted) return;
      }
      await listening.notifier.wait(clock, pollInterval, signal);
    }
  }

  const violationOf = (retention: Retention, keyframe: Revision) =>
    retentionViolation(audit.extent(keyframe + 1), retention, keyframe, clock.wall());
  return {
    append: (event) => append(server, transport, event),
    read,
    follow,
    range: () =>
      requestOver(transport, 'reading the range of the audit', () => {
        const { first, last } = audit.extent(0);
        return { first: last === 0 ? 0 : first, last };
      }),
    tidy: () => requestOver(transport, 'emptying the outbox', () => trimOutbox(server)),
    isBehind: () => requestOver(transport, 'comparing the ends', () => isAuditBehind(server)),
    losses: () => requestOver(transport, 'looking for losses', () => lossesOf(server)),
    settle: (loss) => requestOver(transport, 'settling a loss', () => forgetLoss(server, loss)),
    limits: () => requestOver(transport, 'reading the limits', () => audit.limits),
    trim: (retention, keyframe) =>
      requestOver(transport, 'reading the audit', () => ({
        ...audit.wouldTrim(retention),
        refusal: isSameRetention(audit.limits, retention)
          ? undefined
          : violationOf(retention, keyframe),
      })),
    limit: async (retention, keyframe, isWanted) => {
      if (!((await isWanted?.()) ?? true))
        throw new Fault('store-refused', 'the policy has changed meanwhile');
      await requestOver(transport, 'limiting the audit', () => {
        const why = violationOf(retention, keyframe);
        if (why !== undefined) throw new Fault('store-refused', `the audit: ${why}`);
        audit.limit(retention);
      });
    },
  };
}

async function append(
  server: MemoryServer,
  transport: Transport,
  { subject, text }: EventWrite,
): Promise<'appended' | 'already'> {
  const { audit, registry } = server;
  const isStored = () => audit.has(subject) || registry.seqOf(eventSubject(subject)) > 0;
  try {
    return await transport.carry(() => {
      if (isStored()) return 'already';
      mendRegistry(server);
      registry.append(eventSubject(subject), text);
      audit.catchUp();
      return 'appended';
    });
  } catch (cause) {
    if (!(cause instanceof NoReplyError)) throw cause;
    if (await requestOver(transport, `looking for ${subject}`, isStored)) return 'already';
    throw new Fault('store-unavailable', `no answer: appending ${subject}`, { cause });
  }
}

async function orEmpty(
  transport: Transport,
  serve: () => readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  try {
    return await transport.carry(serve);
  } catch (cause) {
    if (cause instanceof NoReplyError) return [];
    throw cause;
  }
}
