import { Fault } from '../../domain/fault.ts';
import {
  planRecordRemoval,
  type RecordRemoval,
  removeRecord,
} from '../../runtime/operator/remove-record.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings } from '../session/operator.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls, jsonLine } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

export const gcRemove = command({
  name: 'gc remove',
  summary: 'remove one record that no live run owns, such as one that cannot be read; asks first',
  args: '<key>',
  settings: {
    yes: {
      flag: '--yes',
      description:
        'remove it without asking; without it and without a terminal, nothing is changed',
      schema: Switch,
    },
    ...operatorSettings,
  },
  examples: [
    [
      "rollcall gc remove 'instance.h1.shop.web.w1'",
      'a key as rollcall doctor shows it; says what it does, and asks',
    ],
    [
      "rollcall gc remove 'instance.h1.shop.web.w1' --yes --as alice",
      'the audit records who removed it',
    ],
  ],
  async run({ settings, io, args: [key = ''] }) {
    await using connected = await connectOnce(settings, io, 'gc remove');
    const { ports } = connected;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const plan = await planRecordRemoval(author, key, ports);
    if (plan.kind === 'absent') {
      throw new Fault('not-found', `the registry has no record ${key}`, {
        hint: 'keys of records that cannot be read: rollcall doctor',
      });
    }
    const answer = (removed: boolean, why: string) => {
      if (settings.json) io.out(jsonLine({ event: 'remove', key, removed, why, by: author.actor }));
      else io.out(escapeControls(why));
      return removed ? exitCodes.done : exitCodes.wanting;
    };
    if (plan.kind === 'refused') {
      if (!settings.json) io.err(io.palette.dim(escapeControls(plan.hint)));
      return answer(false, `${key} is not removed: ${plan.why}`);
    }
    const what = `${plan.what}; ${explained(plan)}`;
    if (!settings.yes && !(await isWanted(what, settings.json, io))) {
      return answer(false, `nothing was changed; with --yes this is removed: ${what}`);
    }
    return (await removeRecord(plan, ports)) === 'removed'
      ? answer(true, `removed: ${what}`)
      : answer(false, `${key} is not removed: it or its slot changed meanwhile; look again`);
  },
});

const explained = ({ isAudited }: Extract<RecordRemoval, { kind: 'possible' }>): string =>
  isAudited ? 'an event in the history ends its chain' : 'so the history needs no event';

async function isWanted(what: string, json: boolean, io: Terminal): Promise<boolean> {
  if (json || !canAsk(io)) return false;
  io.out(escapeControls(what));
  return isAgreed(io, 'Remove it?');
}
