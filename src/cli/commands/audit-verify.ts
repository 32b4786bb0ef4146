import { z } from 'zod';
import { readAnchors } from '../../composition/anchor-files.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import type { Anchor } from '../../domain/replay/anchor.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import { type VerifyOptions, verify } from '../../runtime/audit/verify.ts';
import { type OpenHistory, openHistory } from '../audit/open-history.ts';
import { ProgressLine } from '../audit/progress.ts';
import { Checkpoints, isOfThisRun, savedIn } from '../audit/verify-checkpoint.ts';
import {
  divergenceDocument,
  divergenceLine,
  summary,
  verifiedDocument,
} from '../audit/verify-report.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { source } from '../command/settings/history.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const auditVerify = command({
  name: 'audit verify',
  summary: 'replay the whole history and compare the result with the registry',
  settings: {
    ...source,
    checkpoint: {
      flag: '--checkpoint <file>',
      description: 'save progress in this file, and resume from it',
      schema: z.string().min(1, 'not empty').optional(),
    },
    fromStart: {
      flag: '--from-start',
      description: 'ignore the checkpoint and start from the first event',
      schema: Switch,
    },
    anchor: {
      flag: '--anchor <files>',
      description: 'compare with the anchors in these files, comma-separated',
      schema: z
        .string()
        .min(1, 'not empty')
        .transform((text) => text.split(','))
        .optional(),
    },
    requireSignatures: {
      flag: '--require-signatures',
      description: 'report events without a signature, whatever the policy in the history says',
      schema: Switch,
    },
  },
  examples: [
    [
      'rollcall audit verify',
      'exits with 1 if anything diverges; prints each divergence with its event',
    ],
    ['rollcall audit verify --checkpoint verify.json', 'nightly: only verifies new events'],
    [
      'rollcall audit verify --from-start --anchor anchors.jsonl',
      'with anchors that were kept outside the store',
    ],
    ['rollcall audit verify --file history.ndjson.gz', 'an exported file; no server is needed'],
  ],
  async run({ settings, io }) {
    await using opened = await openHistory(settings, io, 'audit verify');
    const { history, name } = opened;
    const { checkpoint: file, fromStart } = settings;
    const saved = file === undefined || fromStart ? undefined : await savedIn(file, history, name);
    const checkpoints = new Checkpoints({ file, name }, saved, io.err);
    const say = (divergence: Divergence) =>
      io.out(
        settings.json
          ? documentLine(divergenceDocument(divergence))
          : divergenceLine(divergence, io.palette),
      );
    for (const divergence of checkpoints.found) say(divergence);
    let differing = 0;
    const anchors = await readAnchors(settings.anchor ?? []);
    assertOfNamespace(anchors, opened.connected && settings.namespace);
    const strictness = { anchors, requireSignatures: settings.requireSignatures };
    const verified = await run(opened, checkpoints, strictness, io, (divergence) => {
      if (isOfThisRun(divergence)) differing += 1;
      checkpoints.note(divergence);
      say(divergence);
    });
    const kept = await checkpoints.end(verified.checkpoint);
    const outcome = {
      verified,
      firstAt: checkpoints.firstAt,
      divergences: checkpoints.divergences + differing,
      compared: opened.connected !== undefined,
      resumed: checkpoints.from?.events ?? 0,
      interrupted: io.signal.aborted,
    };
    if (settings.json) io.out(documentLine(verifiedDocument(outcome)));
    else for (const line of summary(outcome, name, io)) io.out(line);
    if (outcome.interrupted) {
      io.err(kept ? 'interrupted; run the same command again to resume' : 'interrupted');
      return exitCodes.interrupted;
    }
    // A complete export has at least one event.
    const empty = verified.events === 0 && opened.connected === undefined;
    return outcome.divergences > 0 || empty ? exitCodes.wanting : exitCodes.done;
  },
});

/** Refuses the digest of another namespace, which would look like a rewritten history. */
function assertOfNamespace(anchors: readonly Anchor[], namespace: string | undefined): void {
  const other = anchors.find((anchor) => namespace !== undefined && anchor.namespace !== namespace);
  if (!other) return;
  throw new Fault(
    'bad-setting',
    `--anchor: an anchor of namespace '${other.namespace}', not of '${namespace}'`,
    { hint: 'verify each namespace with its own anchors' },
  );
}

async function run(
  { history, keyframes, connected }: OpenHistory,
  checkpoints: Checkpoints,
  strictness: Pick<VerifyOptions, 'anchors' | 'requireSignatures'>,
  io: Terminal,
  onDivergence: (divergence: Divergence) => void,
) {
  const { clock, hash, signatures } = systemAdapters;
  const { from } = checkpoints;
  const { first, last } = await history.range();
  const meter = new ProgressLine({ first: from ? from.seq + 1 : first, last }, clock.monotonic);
  const ports = {
    clock,
    hash,
    signatures,
    ...(keyframes && { keyframes }),
    ...(connected && {
      registry: connected.ports.registry,
      leases: connected.ports.leases,
      audit: connected.ports.audit,
    }),
  };
  return withSpinner(io, 'verifying', (show) =>
    verify(checkpoints.watching(history), ports, {
      ...strictness,
      ...(from && { from }),
      signal: io.signal,
      onDivergence,
      onProgress(seq, _, verifier) {
        show(`verifying  ${meter.at(seq, verifier.events - (from?.events ?? 0))}`);
        checkpoints.pass(() => verifier.checkpoint());
      },
    }),
  );
}
