import { rules, type Verdict } from '../../domain/conformance/rules.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

const marks = {
  passed: ['✓', 'live'],
  failed: ['✕', 'expired'],
  'not-observed': ['·', 'failing'],
} as const;

/** How often one rule is shown to be broken; the first ones are enough to find the cause. */
const shownLines = 4;

/** The lines of one rule: what it demands, and what was seen if it failed. */
export function verdictLines(
  { rule, result, seen }: Verdict,
  { palette }: Pick<Terminal, 'palette'>,
): readonly string[] {
  const [mark, paint] = marks[result];
  const note = result === 'not-observed' ? palette.dim(' (not observed)') : '';
  const first = `${palette[paint](mark)} ${String(rule).padStart(2)}  ${rules[rule]}${note}`;
  const why = result === 'failed' ? seen : [];
  const more = why.length - shownLines;
  const shown = [...why.slice(0, shownLines), ...(more > 0 ? [`and ${more} more: --json`] : [])];
  return [first, ...shown.map((line) => palette.dim(`      ${escapeControls(line)}`))];
}

/** One rule as `--json` prints it. */
export const verdictDocument = ({ rule, result, seen }: Verdict) => ({
  event: 'rule',
  rule,
  must: rules[rule],
  result,
  seen,
});

export function summaryLine(verdicts: readonly Verdict[], { palette }: Terminal): string {
  const count = (result: Verdict['result']) =>
    verdicts.filter((verdict) => verdict.result === result).length;
  const failed = count('failed');
  const text = `${count('passed')} rules passed, ${failed} failed, ${count('not-observed')} not observed`;
  return failed > 0 ? palette.expired(text) : palette.live(text);
}
