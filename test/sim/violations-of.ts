import type { AuditWatch } from '../runtime/support/audit-watch.ts';

/**
 * Gives, each time, what the watch over the audit has found since the time before that breaks this
 * guarantee; what names none breaks G8. The watch sees every write in every test of the runtime; the
 * checkers say the same of G1, G3 and G10 from events alone, without machines and chains.
 */
export function faultsOf(guarantee: string, { faults }: AuditWatch): () => readonly string[] {
  let told = 0;
  return () => {
    const fresh = faults.slice(told);
    told = faults.length;
    return fresh.filter((fault) => (/\((G\d+)\)$/.exec(fault)?.[1] ?? 'G8') === guarantee);
  };
}
