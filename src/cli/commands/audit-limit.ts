import { Fault } from '../../domain/fault.ts';
import {
  type LimitPlan,
  limitHistory,
  planLimits,
} from '../../runtime/audit/keyframes/retention-enforcer.ts';
import { planLines } from '../audit/limit-plan.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { limitWords } from '../command/settings/limit-words.ts';
import { connectOnce } from '../session/connect.ts';
import { dryRunLine, dryRunSettings } from '../session/operator.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const auditLimit = command({
  name: 'audit limit',
  summary:
    'set the limits of the policy (retention) on the history, now and from now on; asks before it removes events',
  settings: {
    yes: {
      flag: '--yes',
      description:
        'remove events without asking; without it and without a terminal, nothing is changed if events would be removed',
      schema: Switch,
    },
    ...dryRunSettings,
  },
  examples: [
    ['rollcall policy set retention.maxAge=90d', 'first, with the login of an operator'],
    ['rollcall audit limit --dry-run', 'the limits before and after, and what is removed'],
    [
      'rollcall audit limit --login DIR',
      'with the deploy login; once a signed keyframe covers the events to remove',
    ],
    [
      'rollcall audit limit --yes',
      'without asking; next to `rollcall up --secure` it needs no --login',
    ],
    [
      'rollcall policy set retention.maxAge=none',
      'removes the limit from the policy; then `rollcall audit limit` removes it from the history',
    ],
  ],
  async run({ settings: { json, yes, dryRun, ...settings }, io }) {
    await using connected = await connectOnce({ ...settings, json }, io, 'audit limit');
    const { ports } = connected;
    const look = async (): Promise<LimitPlan> => {
      const plan = await withSpinner(io, 'reading the history', () => planLimits(ports));
      if (plan) return plan;
      throw new Fault('not-found', 'there is no policy, so the limits of the history stay', {
        hint: 'set one first: rollcall policy set retention.maxAge=90d',
      });
    };
    const plan = await look();
    const answer = (isSet: boolean, further: object = {}) => {
      const { retention, keyframe, before, trim } = plan;
      const event = isSet ? 'history-limited' : 'history-not-limited';
      const removes = { events: trim.events, estimate: trim.isEstimate };
      const { oldest = null, refusal = null } = trim;
      const document = { event, retention, keyframe, before, removes, oldest, refusal };
      io.out(documentLine({ ...document, ...further }));
    };
    const lines = planLines(plan, await ports.serverTime.now());
    if (dryRun) {
      if (json) answer(false, { dryRun });
      else for (const line of [io.palette.dim(dryRunLine), ...lines]) io.out(line);
      return exitCodes.done;
    }
    if (plan.trim.refusal !== undefined) {
      if (json) answer(false);
      else for (const line of [...lines, ...again]) io.out(line);
      return exitCodes.wanting;
    }
    if (plan.trim.events > 0 && !yes) {
      if (!json) for (const line of lines) io.out(line);
      if (json || !canAsk(io) || !(await isAgreed(io, 'Remove these events from the history?'))) {
        if (json) answer(false);
        else io.out('nothing was changed; to remove them: rollcall audit limit --yes');
        return exitCodes.wanting;
      }
    }
    // The answer may have taken long: the keyframe is looked up again, and the policy must be the same.
    const { keyframe } = yes ? plan : await look();
    await limitHistory({ retention: plan.retention, keyframe }, ports);
    if (json) answer(true);
    else io.out(limitedLine(limitWords(plan.retention)));
    return exitCodes.done;
  },
});

/** What to do about a refusal. */
const again = [
  'nothing was changed; choose a wider limit, or run it again when a collector has signed a keyframe: every 10 000 events and once a day',
];

const limitedLine = (words: string): string =>
  words === 'no limit' ? 'the history has no limit' : `the history is limited: ${words}`;
