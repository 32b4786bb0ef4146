import { z } from 'zod';
import { formatTarget, parseTarget } from '../../composition/names/host-or-agent.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { isAcknowledged, isLostAt } from '../../domain/losses/acknowledged.ts';
import type { LostAgent } from '../../domain/losses/losses.ts';
import type { Acknowledgement } from '../../domain/policy/acknowledgement.ts';
import type { WallTime } from '../../domain/time.ts';
import { acknowledgeLosses } from '../../runtime/operator/operator-actions.ts';
import { readLosses } from '../../runtime/operator/read-losses.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import {
  dryRunSettings,
  operatorIdentity,
  operatorSettings,
  operatorTimeout,
} from '../session/operator.ts';
import { plural } from '../tables/footer.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { when } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const lostAck = command({
  name: 'lost ack',
  summary:
    'acknowledge lost agents: they need no attention any more, a later loss does; asks first',
  args: '<zone:ZONE|host[/agent]|all>',
  settings: {
    yes: {
      flag: '--yes',
      description: 'do it without asking; without it and without a terminal, nothing is changed',
      schema: Switch,
    },
    why: {
      flag: '--why <text>',
      description: 'reason, kept with the acknowledgement',
      schema: z.string().min(1, 'not empty').max(1000, 'at most 1000 characters').optional(),
    },
    ...dryRunSettings,
    ...operatorSettings,
  },
  examples: [
    ['rollcall lost ack zone:ams --why "the site is closed"', 'what a zone lost'],
    ['rollcall lost ack db-1', 'the lost agents of a host; HOST/AGENT: one agent'],
    ['rollcall lost ack all', 'all losses until now'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const place = parsePlace(text);
    await using view = await openDirectoryOnce(settings, io, 'lost ack');
    const { ports, directory, now } = view;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const ledger = await withSpinner(io, 'reading the history', () =>
      readLosses(ports.audit, io.signal, systemAdapters.hash),
    );
    const lost = ledger.lost().filter((one) => isLostAt(one, place));
    const known = directory.fleet.controls.policy.acknowledged ?? [];
    const open = lost.filter((one) => !isAcknowledged(one, known));
    const until = lost.reduce((most, { since }) => Math.max(most, since), 0);
    const what = lossWords(open.length > 0 ? open : lost, now);
    const answer = (change: 'acknowledged' | 'already' | 'refused', words: string) => {
      const by = author.actor;
      const document = {
        event: 'lost',
        change,
        ...place,
        until,
        why: settings.why ?? null,
        by,
        ...(settings.dryRun && { dryRun: true }),
      };
      io.out(
        settings.json
          ? documentLine({ ...document, agents: lost.map(({ zone: _, ...one }) => one) })
          : escapeControls(words),
      );
      return change === 'refused' ? exitCodes.wanting : exitCodes.done;
    };
    if (lost.length === 0) {
      throw new Fault('not-found', `no agent is lost at '${text.slice(0, 80)}'`, {
        hint: 'lost agents, with their zones: rollcall lost',
      });
    }
    if (open.length === 0) return answer('already', `acknowledged already: ${what}`);
    if (settings.dryRun) {
      return answer(
        'acknowledged',
        `--dry-run, nothing is changed; this would be acknowledged: ${what}`,
      );
    }
    if (!settings.yes && !(await isWanted(what, settings.json, io))) {
      return answer('refused', `nothing was changed; with --yes this is acknowledged: ${what}`);
    }
    const { why } = settings;
    const added = { ...place, until, ...(why !== undefined && { why }) };
    const change = await acknowledgeLosses(author, added, ports, operatorTimeout(io));
    return answer(change, `acknowledged: ${what}`);
  },
});

/** The place of losses. @throws {Fault} `bad-name` */
function parsePlace(text: string): Pick<Acknowledgement, 'zone' | 'host' | 'agent'> {
  if (text === 'all') return {};
  return text.startsWith('zone:') ? { zone: text.slice('zone:'.length) } : parseTarget(text);
}

/** `2 agents and 13 instances, the last at 17:24:53: db-1/postgres, db-2/postgres`. */
function lossWords(lost: readonly LostAgent[], now: WallTime): string {
  const instances = lost.reduce((sum, one) => sum + one.instances.length, 0);
  const last = lost.reduce((most, { since }) => Math.max(most, since), 0);
  const names = lost.slice(0, mostNames).map(formatTarget).join(', ');
  const more = lost.length > mostNames ? ` and ${lost.length - mostNames} more` : '';
  return `${plural(lost.length, 'agent')} and ${plural(instances, 'instance')}, the last at ${when(last, now)}: ${names}${more}`;
}

const mostNames = 10;

async function isWanted(what: string, json: boolean, io: Terminal): Promise<boolean> {
  if (json || !canAsk(io)) return false;
  io.out(escapeControls(what));
  return isAgreed(io, 'Acknowledge these losses?');
}
