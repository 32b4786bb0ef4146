import { Fault } from '../../domain/fault.ts';
import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { currentPolicy, setPolicy } from '../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { limitCommand, limitDifference, limitWords } from '../command/settings/limit-words.ts';
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
    else if (!changed.some(isOfHistory)) io.out(io.palette.dim(applied));
    else for (const line of await historyLines(policy, ports)) io.out(io.palette.dim(line));
    return exitCodes.done;
  },
});

const isOfHistory = ({ name }: { readonly name: string }): boolean => name.startsWith('retention.');
const applied = 'collectors apply it from their next sweep';

/** What the history itself has. The policy is stored by then, so this login may also be one that may not ask. */
async function historyLines(
  { retention }: FleetPolicy,
  { audit }: Pick<Ports, 'audit'>,
): Promise<readonly string[]> {
  const limits = await audit.limits().catch((cause: unknown) => {
    if (cause instanceof Fault) return undefined;
    throw cause;
  });
  const difference = limits && limitDifference(retention, limits);
  if (limits && difference === undefined) return [`the history has this: ${limitWords(limits)}`];
  return [
    difference ?? 'the history keeps the limits that it has',
    `to set them: ${limitCommand}`,
    'events are removed only if a signed keyframe covers them: within minutes, at most a day',
  ];
}
