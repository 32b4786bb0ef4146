import { systemAdapters } from '../../composition/system-adapters.ts';
import { policyKey } from '../../domain/identity/registry-keys.ts';
import { readPolicy } from '../../domain/records/stored-record.ts';
import { readLosses } from '../../runtime/operator/read-losses.ts';
import { nowOf, type OpenHistory, openHistory } from '../audit/open-history.ts';
import type { Common } from '../command/command.ts';
import { type Exit, exitCodes } from '../command/exit.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { lostDocuments } from './lost-documents.ts';
import { lostLines } from './lost-lines.ts';

/** What operators have acknowledged; nothing is known of it from a file, or from a policy that cannot be read. */
async function acknowledgementsOf({ connected }: OpenHistory) {
  if (connected === undefined) return [];
  const policy = readPolicy(await connected.ports.registry.read(policyKey));
  return policy.kind === 'stored' ? (policy.record.policy.acknowledged ?? []) : [];
}

/** Prints what is lost, by a live history or one of a file. `as`: the name of the command. */
export async function listLost(
  settings: Common & { readonly file?: string | undefined },
  io: Terminal,
  as: string,
): Promise<Exit> {
  await using opened = await openHistory(settings, io, as);
  const { history } = opened;
  const ledger = await withSpinner(io, 'reading the history', () =>
    readLosses(history, io.signal, systemAdapters.hash),
  );
  const acknowledged = await acknowledgementsOf(opened);
  if (settings.json)
    for (const one of lostDocuments(ledger, acknowledged)) io.out(documentLine(one));
  else for (const line of lostLines(ledger, acknowledged, await nowOf(opened), io)) io.out(line);
  const { first } = await history.range();
  if (!settings.json && first > 1) {
    io.out(io.palette.dim(`the history begins at event ${first}: earlier losses are not known`));
  }
  return exitCodes.done;
}
