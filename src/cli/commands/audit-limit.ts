import { Fault } from '../../domain/fault.ts';
import { defaultFleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { limitHistory } from '../../runtime/audit/keyframes/retention-enforcer.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { changedSettings } from '../command/settings/policy-settings.ts';
import { connectOnce } from '../session/connect.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const auditLimit = command({
  name: 'audit limit',
  summary: 'remove old events now and from now on, as the policy says (retention)',
  settings: {},
  examples: [
    ['rollcall policy set retention.maxAge=90d', 'first, with the login of an operator'],
    [
      'rollcall audit limit --login DEPLOY',
      'sets the limits of the audit stream, once a signed keyframe covers the events to remove',
    ],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'audit limit');
    const { ports } = connected;
    const limited = await withSpinner(io, 'reading the history', () => limitHistory(ports));
    if (limited === undefined) {
      throw new Fault('not-found', 'there is no policy, so the limits of the history stay', {
        hint: 'set one first: rollcall policy set retention.maxAge=90d',
      });
    }
    const { retention, keyframe } = limited;
    if (settings.json) {
      io.out(documentLine({ event: 'history-limited', retention, keyframe }));
      return exitCodes.done;
    }
    const set = changedSettings(defaultFleetPolicy, { ...defaultFleetPolicy, retention });
    for (const { name, now } of set) io.out(`the history is limited: ${name}=${now}`);
    if (set.length === 0) io.out('the history has no limit');
    return exitCodes.done;
  },
});
