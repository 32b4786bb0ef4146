import type { FleetControls } from '../../domain/fleet/fleet-controls.ts';
import { defaultFlaps } from '../../domain/policy/flaps.ts';
import type { WallTime } from '../../domain/time.ts';
import {
  nonDefaultSettings,
  type PolicyLine,
  policyLines,
} from '../command/settings/policy-settings.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';
import { acknowledgementWords } from './acknowledgement-words.ts';
import { type Column, table } from './table.ts';

/** The policy as a JSON document. */
export function policyDocument({ policy, policyRecord: read }: FleetControls): object {
  const stored = read?.kind === 'stored' ? read : undefined;
  return {
    event: 'policy',
    policy: { ...policy, flaps: policy.flaps ?? defaultFlaps },
    set: nonDefaultSettings(policy),
    by: stored?.record.by ?? null,
    since: stored?.record.since ?? null,
    revision: stored?.revision ?? null,
    unreadable: read?.kind === 'unreadable' ? read.why : null,
  };
}

const columns: readonly Column<PolicyLine>[] = [
  { head: 'SETTING', cell: ({ name }) => name },
  { head: 'VALUE', cell: ({ value }) => value, right: true },
  {
    head: 'DEFAULT',
    cell: ({ value, fallback }) => (value === fallback ? 'yes' : `no: ${fallback}`),
  },
  { head: 'MEANING', cell: ({ about }) => about, shrinks: true, least: 20, wraps: true },
];

/** The policy as a table, with who set it. */
export function policyShown(
  { policy, policyRecord: read }: FleetControls,
  now: WallTime,
  { palette, columns: width }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const acknowledged = (policy.acknowledged ?? []).flatMap((one) =>
    wrapText(escapeControls(acknowledgementWords(one)), width),
  );
  const settings = table(policyLines(policy), columns, { width, palette });
  const lines = [settings, '', ...acknowledged];
  if (read === undefined) return [...lines, palette.dim('no policy is set: the defaults apply')];
  if (read.kind === 'unreadable') {
    return [
      ...lines,
      `${palette.dubious('unreadable')}: ${escapeControls(read.why)}`,
      palette.dim(
        'the defaults apply until the record is fixed or deleted; details: rollcall doctor',
      ),
    ];
  }
  const { by, since } = read.record;
  const author = `set by ${by.host}/${by.agent} ${ago(since, now)} ago`;
  return [...lines, palette.dim(escapeControls(author))];
}
