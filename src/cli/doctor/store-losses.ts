import { lossNames, needsOperator } from '../../domain/store-history/store-loss.ts';
import type { Ports } from '../../ports/ports.ts';
import { readKnownLosses } from '../../runtime/audit/verifier/recorded-losses.ts';
import { fullTime } from '../terminal/format-time.ts';
import { type Finding, note, ok, wrong } from './finding.ts';
import { lossSentence } from './loss-text.ts';

/** How many recorded losses are shown, the latest ones. */
const shown = 3;

/** Checks that registry and audit fit together, and shows what the history tells of earlier losses. */
export async function diagnoseLosses({
  audit,
  hash,
}: Pick<Ports, 'audit' | 'hash'>): Promise<readonly Finding[]> {
  const { recorded, pending } = await readKnownLosses(audit, audit, hash);
  const unrecorded = pending.map((loss) =>
    wrong(
      'losses',
      lossSentence(loss),
      needsOperator(loss)
        ? 'restore a newer copy of the audit, or accept the loss: rollcall repair'
        : 'a collector repairs this within 10 s; without one: rollcall repair',
    ),
  );
  const known = recorded
    .slice(-shown)
    .map(({ kind, recordedAt, at, by }) =>
      note(
        'losses',
        `${lossNames[kind]}; recorded on ${fullTime(at)} by ${by.host}/${by.agent} as event #${recordedAt}`,
        'nothing to do: rollcall audit verify takes it into account',
      ),
    );
  if (unrecorded.length + known.length > 0) return [...unrecorded, ...known];
  return [ok('losses', 'registry and audit fit together')];
}
