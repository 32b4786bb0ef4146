import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { currentPolicy, setPolicy } from '../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import {
  applyPolicyChanges,
  changedSettings,
  nonDefaultSettings,
  parsePolicyChanges,
} from '../command/settings/policy-settings.ts';
import { connectOnce } from '../session/connect.ts';
import {
  dryRunLine,
  dryRunSettings,
  operatorIdentity,
  operatorSettings,
  operatorTimeout,
} from '../session/operator.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const policySet = command({
  name: 'policy set',
  summary: 'change the policy of the fleet; collectors apply it from their next sweep',
  args: '<setting=value...>',
  settings: { ...dryRunSettings, ...operatorSettings },
  examples: [
    ['rollcall policy set brake.pace=5s brake.fraction=30%', 'how the brake limits removals'],
    ['rollcall policy set brake.pace=1s --dry-run', 'what would change'],
    ['rollcall policy set seats=5', 'number of collectors that watch at the same time'],
    [
      'rollcall policy set retention.maxAge=90d retention.maxBytes=10GB',
      'how much history is kept',
    ],
    ['rollcall policy set brake.pace=default retention.maxAge=none', 'back to the defaults'],
  ],
  async run({ settings, io, args }) {
    const wishes = parsePolicyChanges(args);
    await using connected = await connectOnce(settings, io, 'policy set');
    const { ports } = connected;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    let before: FleetPolicy | undefined;
    const change = (now: FleetPolicy): FleetPolicy => {
      before ??= now;
      return applyPolicyChanges(now, wishes);
    };
    const { dryRun } = settings;
    const policy = dryRun
      ? change(await currentPolicy(ports))
      : await setPolicy(author, change, ports, operatorTimeout(io));
    const changed = changedSettings(before ?? policy, policy);
    if (settings.json) {
      const set = nonDefaultSettings(policy);
      const by = author.actor;
      io.out(
        documentLine({ event: 'policy', policy, set, changed, by, ...(dryRun && { dryRun }) }),
      );
      return exitCodes.done;
    }
    if (dryRun && changed.length > 0) io.out(io.palette.dim(dryRunLine));
    for (const { name, was, now } of changed) io.out(`${name}: ${was} → ${now}`);
    if (changed.length === 0) io.out('nothing changed: the policy has these values already');
    else
      io.out(
        io.palette.dim(
          changed.some(isOfHistory) ? trimmed : 'collectors apply it from their next sweep',
        ),
      );
    return exitCodes.done;
  },
});

const isOfHistory = ({ name }: { readonly name: string }): boolean => name.startsWith('retention.');
const trimmed =
  'the history is trimmed once a signed keyframe covers the events to remove: within minutes, at most a day; with logins of `rollcall access`, run `rollcall audit limit` then, with that of deploy';
