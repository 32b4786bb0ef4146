import { z } from 'zod';
import { connectionOptions, loginExpiry } from '../../composition/store/access.ts';
import { certificatesInUse } from '../../composition/store/certificates-in-use.ts';
import { openInspection } from '../../composition/store/open-inspection.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { seconds } from '../../domain/time.ts';
import { type Common, command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { certificateFindings } from '../doctor/certificates.ts';
import { diagnoseClocks } from '../doctor/clocks.ts';
import type { Finding } from '../doctor/finding.ts';
import { diagnoseFlaps } from '../doctor/flaps.ts';
import { diagnoseLogin } from '../doctor/login.ts';
import { diagnoseRights, readRole } from '../doctor/login-rights.ts';
import { diagnosePings } from '../doctor/pings.ts';
import {
  diagnoseNames,
  diagnosePlans,
  diagnoseRecords,
  diagnoseSeats,
} from '../doctor/registry.ts';
import { diagnoseRetention } from '../doctor/retention.ts';
import { diagnoseAdvisories, diagnoseServer } from '../doctor/server.ts';
import { diagnoseSignatures } from '../doctor/signatures.ts';
import { diagnoseSizes } from '../doctor/sizes.ts';
import { diagnoseLosses } from '../doctor/store-losses.ts';
import { diagnoseSettings, diagnoseStreams } from '../doctor/streams.ts';
import { diagnoseWatches } from '../doctor/watches.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

const as = {
  flag: '--as <role>',
  description:
    'check only the login: which rights of this role it has and lacks, and which it has beyond them; agent/HOST for the agent of a host',
  schema: z.string().optional(),
};

export const doctor = command({
  name: 'doctor',
  summary: 'check the server, its streams and their contents; show problems and how to fix them',
  settings: { as },
  examples: [
    ['rollcall doctor', 'exits with 1 if a problem is found'],
    [
      'rollcall doctor --as operator --login DIR',
      'the rights of this login, compared with those of the role',
    ],
    ['rollcall doctor --json', 'one finding per line: about, level, what, mend'],
  ],
  async run({ settings, io, sourceOf }) {
    // As a variable or in a file, `as` is the name of an operator.
    const role = sourceOf(as) === '--as' ? settings.as : undefined;
    let wrongs = 0;
    let about = '';
    for await (const finding of findings(settings, io, role)) {
      if (finding.level === 'wrong') wrongs += 1;
      if (settings.json) io.out(documentLine(finding));
      else for (const line of lines(finding, about, io)) io.out(line);
      about = finding.about;
    }
    if (!settings.json) io.out(verdict(wrongs, io));
    return wrongs > 0 ? exitCodes.wanting : exitCodes.done;
  },
});

/** In order of dependency; checks that depend on a failed one are skipped. */
async function* findings(
  settings: Common,
  io: Terminal,
  role: string | undefined,
): AsyncGenerator<Finding> {
  const wanted = role === undefined ? undefined : readRole(role);
  const access = await connectionOptions(settings);
  const opening = { signal: io.signal, within: seconds(3) };
  await using inspection = await withSpinner(io, `connecting to ${access.servers.join(', ')}`, () =>
    openInspection(access, opening),
  );
  yield* diagnoseLogin(loginExpiry(access), systemAdapters.clock.wall());
  yield* await diagnoseRights(inspection, access.inboxPrefix, wanted);
  if (wanted !== undefined) return;
  const server = await diagnoseServer(inspection);
  yield* server;
  const inUse = await certificatesInUse(inspection.connection.getServer(), access);
  yield* certificateFindings(inUse, systemAdapters.clock.wall());
  if (broken(server)) return;
  yield await withSpinner(io, 'waiting for an advisory', () => diagnoseAdvisories(inspection));
  const streams = await diagnoseSettings(inspection);
  yield* streams;
  yield* await diagnoseStreams(inspection);
  if (broken(streams)) return;
  const watches = await diagnoseWatches(inspection);
  yield* watches;
  if (broken(watches)) return;
  // A registry that is too large is one of the problems to find.
  await using view = await openDirectoryOnce(settings, io, 'doctor', { within: seconds(30) });
  yield* await diagnoseLosses(view.ports);
  yield* await diagnoseRetention(inspection, view.ports);
  yield* await diagnoseFlaps(view.ports, view.directory, io.signal);
  yield* diagnoseRecords(view.directory, inspection.names.registry);
  yield* await diagnoseSizes(view.ports, inspection.connection.info?.max_payload);
  yield* diagnoseNames(view.directory);
  yield* diagnosePlans(view.directory, await view.ports.serverTime.now());
  yield await diagnoseSeats(view.ports, view.directory);
  yield* await diagnoseClocks(view.ports);
  yield* await diagnosePings(view.ports, view.directory);
  yield await diagnoseSignatures(view.ports, view.directory);
}

const broken = (found: readonly Finding[]): boolean => found.some(({ level }) => level === 'wrong');

const marks = { ok: ['✓', 'live'], note: ['·', 'failing'], wrong: ['✕', 'expired'] } as const;

function lines(
  { about, level, what, mend }: Finding,
  before: string,
  io: Terminal,
): readonly string[] {
  const { palette } = io;
  const [mark, paint] = marks[level];
  const head = about === before ? '' : about;
  const first = `${palette[paint](mark)} ${palette.bold(head.padEnd(10))}  ${escapeControls(what)}`;
  return mend === undefined
    ? [first]
    : [first, `${' '.repeat(14)}${palette.dim(escapeControls(mend))}`];
}

const verdict = (wrongs: number, { palette }: Terminal): string =>
  wrongs === 0
    ? `\n${palette.live('no problem found')}`
    : `\n${palette.expired(`${plural(wrongs, 'problem')} found`)}`;
