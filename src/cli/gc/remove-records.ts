import {
  planRecordRemoval,
  type RecordRemoval,
  removeRecord,
} from '../../runtime/operator/remove-record.ts';
import type { Author } from '../../runtime/transitions/record-change.ts';
import { exitCodes } from '../command/exit.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

interface Removing {
  readonly yes: boolean;
  readonly json: boolean;
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
  readonly author: Author;
  /** Follows the hint of a refusal. */
  readonly further?: string;
}

/**
 * Removes records one by one, each after a question or with `yes`, and prints what became of each.
 * @returns the exit code: `done` if all were removed
 * @throws {Fault} `store-unavailable`
 */
export async function removeRecords(
  keys: readonly string[],
  { yes, json, dryRun = false, author, further }: Removing,
  ports: Parameters<typeof planRecordRemoval>[2],
  io: Terminal,
): Promise<number> {
  let all: number = exitCodes.done;
  const answer = (key: string, removed: boolean, why: string, isDry = false) => {
    const document = { event: 'remove', key, removed, why, by: author.actor };
    if (json) io.out(documentLine({ ...document, ...(dryRun && { dryRun }) }));
    else io.out(escapeControls(why));
    if (!removed && !isDry) all = exitCodes.wanting;
  };
  for (const key of keys) {
    const plan = await planRecordRemoval(author, key, ports);
    if (plan.kind === 'absent') {
      answer(key, false, `${key} is not removed: it is gone already`);
      continue;
    }
    if (plan.kind === 'refused') {
      answer(key, false, `${key} is not removed: ${plan.why}`);
      const hints = [plan.hint, ...(further === undefined ? [] : [further])];
      if (!json) for (const hint of hints) io.err(io.palette.dim(escapeControls(hint)));
      continue;
    }
    const what = `${plan.what}; ${explained(plan)}`;
    if (dryRun) {
      answer(key, false, `--dry-run, nothing is changed; this would be removed: ${what}`, true);
      continue;
    }
    if (!yes && !(await isWanted(what, json, io))) {
      answer(key, false, `nothing was changed; with --yes this is removed: ${what}`);
      continue;
    }
    if ((await removeRecord(plan, ports)) === 'removed') answer(key, true, `removed: ${what}`);
    else answer(key, false, `${key} is not removed: it or its slot changed meanwhile; look again`);
  }
  return all;
}

const explained = ({ isAudited }: Extract<RecordRemoval, { kind: 'possible' }>): string =>
  isAudited ? 'an event in the history ends its chain' : 'so the history needs no event';

async function isWanted(what: string, json: boolean, io: Terminal): Promise<boolean> {
  if (json || !canAsk(io)) return false;
  io.out(escapeControls(what));
  return isAgreed(io, 'Remove it?');
}
