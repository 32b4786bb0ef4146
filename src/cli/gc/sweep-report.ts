import { formatDrainTarget } from '../../composition/names/drain-target.ts';
import { formatTarget } from '../../composition/names/host-or-agent.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import type { WallTime } from '../../domain/time.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';

/** Counts what a sweep has removed. */
export class SweepTotals {
  runs = 0;
  instances = 0;
  leftovers = 0;

  add(events: readonly AuditEvent[]): void {
    for (const { of, event } of events) {
      if (event.type !== 'removed') continue;
      if (of.entity === 'run') this.runs += 1;
      else if (event['why'] === 'owner-expired') this.instances += 1;
      else this.leftovers += 1;
    }
  }

  /** `removed 2 runs with 5 instances, 1 leftover`. */
  get summary(): string {
    const parts = [
      this.runs + this.instances > 0
        ? `${plural(this.runs, 'run')} with ${plural(this.instances, 'instance')}`
        : '',
      this.leftovers > 0 ? plural(this.leftovers, 'leftover') : '',
    ].filter((part) => part !== '');
    return parts.length > 0 ? `removed ${parts.join(', ')}` : 'removed nothing';
  }
}

/** The transitions of one commit as lines. All removals of one agent are one line. */
export function sweepLines(
  events: readonly AuditEvent[],
  at: WallTime,
  palette: Palette,
): readonly string[] {
  const removed = new Map<string, { instances: number; run: boolean; why: string }>();
  const others: string[] = [];
  for (const { of, event } of events) {
    if (event.type !== 'removed' || !('host' in of)) {
      others.push(otherWords(of, event));
      continue;
    }
    const slot = formatTarget(of);
    const known = removed.get(slot) ?? { instances: 0, run: false, why: '' };
    if (of.entity === 'run') known.run = true;
    else known.instances += 1;
    if (of.entity === 'instance') known.why = String(event['why']);
    removed.set(slot, known);
  }
  const lines = [...removed].map(([slot, { instances, run, why }]) => {
    const what = [run ? 'the record' : '', instances > 0 ? plural(instances, 'instance') : ''];
    const because = run || why === 'owner-expired' ? 'declared dead' : why;
    return `removed ${what.filter((part) => part !== '').join(' and ')} of ${slot}, ${because}`;
  });
  return [...lines, ...others].map(
    (line) => `${palette.dim(clockTime(at))} ${escapeControls(line)}`,
  );
}

function otherWords(of: AuditEvent['of'], event: AuditEvent['event']): string {
  if (of.entity === 'brake') return `zone ${of.zone}: brake ${event.type}`;
  if (of.entity === 'policy') return `policy ${event.type}`;
  if (of.entity === 'store') return `store: ${event.type}`;
  if (of.entity === 'drain') return `drain of ${formatDrainTarget(of.target)} ${event.type}`;
  if (of.entity === 'hold') return `hold on ${formatTarget(of)} ${event.type}`;
  const reason = typeof event['reason'] === 'string' ? ` (${event['reason']})` : '';
  return `${formatTarget(of)} ${event.type === 'expired' ? 'declared dead' : event.type}${reason}`;
}

/** A transition as a JSON document. */
export const deedDocument = ({ of, event, at, evidence }: AuditEvent): object => ({
  ...{ event: 'deed', type: event.type, at, of, why: event['why'] ?? event['reason'] ?? null },
  evidence: evidence ?? null,
});
