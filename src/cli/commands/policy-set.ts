import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { setPolicy } from '../../runtime/operator/operator-actions.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import {
  applyPolicyChanges,
  changedSettings,
  parsePolicyChanges,
  settingsSaid,
} from '../command/settings/policy-settings.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings, operatorTimeout } from '../session/operator.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const policySet = command({
  name: 'policy set',
  summary: 'say what the whole fleet goes by; every collector does from its next sweep on',
  args: '<setting=value...>',
  settings: operatorSettings,
  examples: [
    ['rollcall policy set brake.pace=5s brake.fraction=30%', 'how removal is slowed down'],
    ['rollcall policy set seats=5', 'how many collectors watch at once'],
    [
      'rollcall policy set retention.maxAge=90d retention.maxBytes=10GB',
      'how much history is kept',
    ],
    ['rollcall policy set brake.pace=default retention.maxAge=none', 'as it was before'],
  ],
  async run({ settings, io, args }) {
    const wishes = parsePolicyChanges(args);
    await using connected = await connectOnce(settings, io, 'policy set');
    const { ports } = connected;
    const author = { actor: await operatorIdentity(settings, io), ports };
    let before: FleetPolicy | undefined;
    const change = (now: FleetPolicy): FleetPolicy => {
      before ??= now;
      return applyPolicyChanges(now, wishes);
    };
    const policy = await setPolicy(author, change, ports, operatorTimeout(io));
    const changed = changedSettings(before ?? policy, policy);
    if (settings.json) {
      const set = settingsSaid(policy);
      io.out(jsonLine({ event: 'policy', policy, set, changed, by: author.actor }));
      return exitCodes.done;
    }
    for (const { name, was, now } of changed) io.out(`${name}: ${was} → ${now}`);
    if (changed.length === 0) io.out('the fleet goes by that already');
    else
      io.out(
        io.palette.dim(changed.some(isOfHistory) ? trimmed : 'collectors go by it from now on'),
      );
    return exitCodes.done;
  },
});

const isOfHistory = ({ name }: { readonly name: string }): boolean => name.startsWith('retention.');
const trimmed =
  'the history is trimmed by it as soon as a signed keyframe stands for what goes: within minutes, or a day';
