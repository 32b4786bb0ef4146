import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import {
  agentKey,
  brakeKey,
  drainKey,
  holdKey,
  instanceKey,
  policyKey,
} from '../../../src/domain/identity/registry-keys.ts';
import type { Checker } from './checks.ts';

/** Every commit that writes a record also has the event that explains it, and both agree. */
export const auditExplainsRegistry: Checker = {
  guarantee: 'the audit explains the registry',
  of: (sim, complain) => ({
    onWritten: ({ records, events }) => {
      const last = new Map<string, AuditEvent>();
      for (const event of events) {
        const key = keyOf(event.of);
        if (key !== undefined) last.set(key, event);
      }
      for (const { key, text } of records) {
        const event = last.get(key);
        last.delete(key);
        if (!event && sim.byHand.has(key) && text === sim.byHand.get(key)) continue;
        if (!event) complain(`${key} was written, and no event says why`);
        else if (withoutHash(text) !== JSON.stringify(event.record)) {
          complain(`${key} is not as ${event.event.type}#${event.n} says`);
        }
      }
      for (const [key, event] of last) complain(`${event.event.type} of ${key} wrote no record`);
    },
  }),
};

function withoutHash(text: string | undefined): string {
  if (text === undefined) return 'null';
  const { hash: _, ...rest } = JSON.parse(text);
  return JSON.stringify(rest);
}

function keyOf(of: AuditEvent['of']): string | undefined {
  if (of.entity === 'run') return agentKey(of);
  if (of.entity === 'instance') return instanceKey(of);
  if (of.entity === 'hold') return holdKey(of.host, of.agent);
  if (of.entity === 'drain') return drainKey(of.target);
  if (of.entity === 'brake') return brakeKey(of.zone);
  return of.entity === 'policy' ? policyKey : undefined;
}
