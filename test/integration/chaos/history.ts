import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { type AuditEntry, parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import type { Namespace } from '../../../src/domain/identity/names.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import type { Store } from '../../../src/ports/ports.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import { rollcall } from '../harness/processes.ts';

/** All events in the order of the audit. An unreadable event is a violation by itself. */
export async function readHistory({ audit }: Store): Promise<AuditEntry[]> {
  const history: AuditEntry[] = [];
  for await (const stored of audit.read(0)) {
    const read = parseAuditEvent(stored, systemHash);
    if (read.kind === 'illegible') throw new Error(`event ${read.seq} is illegible: ${read.why}`);
    history.push(read);
  }
  return history;
}

/** The result of `verify` for the history with the registry, the keyframes and the leases. */
export async function divergencesOf(store: Store): Promise<string[]> {
  const { audit, registry, keyframes, leases } = store;
  const found: Divergence[] = [];
  await verify(
    audit,
    { registry, keyframes, leases, clock: systemClock, hash: systemHash },
    { onDivergence: (one) => void found.push(one), signal: new AbortController().signal },
  );
  return found.map((one) => `audit verify: ${JSON.stringify(one)}`);
}

/** Exports the history to a file, as a user would, and verifies the file. */
export async function keepHistory(
  folder: string,
  on: { readonly servers: readonly string[]; readonly namespace: Namespace },
): Promise<{ readonly file: string; readonly divergences: readonly string[] }> {
  const file = join(folder, 'history.ndjson.gz');
  const where = ['--servers', on.servers.join(','), '--namespace', on.namespace];
  await ended(['audit', 'export', '--out', file, ...where]);
  return { file, divergences: await ended(['audit', 'verify', '--file', file], 1) };
}

/** Runs a command to its end. Returns its output if its exit code is `wanting`. */
async function ended(args: readonly string[], wanting?: number): Promise<string[]> {
  await using command = rollcall(args);
  const code = await command.exited;
  if (code === 0) return [];
  const said = [...command.lines.map((line) => JSON.stringify(line)), command.stderr];
  if (code === wanting) return said;
  throw new Error(`rollcall ${args.join(' ')} ended with ${code}: ${said.join('\n')}`);
}
