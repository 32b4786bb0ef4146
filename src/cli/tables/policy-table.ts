import { systemAdapters } from '../../composition/system-adapters.ts';
import type { FleetControls } from '../../domain/fleet/fleet-controls.ts';
import {
  nonDefaultSettings,
  type PolicyLine,
  policyLines,
} from '../command/settings/policy-settings.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { type Column, table } from './table.ts';

/** What the fleet goes by, as a document. */
export function policyDocument({ policy, policyRecord: read }: FleetControls): object {
  const said = read?.kind === 'stored' ? read : undefined;
  return {
    event: 'policy',
    policy,
    set: nonDefaultSettings(policy),
    by: said?.record.by ?? null,
    since: said?.record.since ?? null,
    revision: said?.revision ?? null,
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
  { head: 'MEANS', cell: ({ about }) => about, shrinks: true, least: 20 },
];

/** And for people. */
export function policyShown(
  { policy, policyRecord: read }: FleetControls,
  { palette, columns: width }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const lines = [table(policyLines(policy), columns, { width, palette }), ''];
  if (read === undefined) return [...lines, palette.dim('nobody has said otherwise')];
  if (read.kind === 'unreadable') {
    return [
      ...lines,
      `${palette.dubious('unreadable')}: ${escapeControls(read.why)}`,
      palette.dim('until the record is mended or deleted, the defaults hold'),
    ];
  }
  const { by, since } = read.record;
  const said = `said by ${by.host}/${by.agent} ${ago(since, systemAdapters.clock.wall())} ago`;
  return [...lines, palette.dim(escapeControls(said))];
}
