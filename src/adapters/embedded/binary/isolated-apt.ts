import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minutes } from '../../../domain/time.ts';
import type { AptSource } from './apt-sources.ts';
import { type CommandEnd, runCommand } from './run-command.ts';

const distributionKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Runs one of apt's commands in a world of its own. */
export type Apt = (
  command: 'apt-get' | 'apt-cache',
  args: readonly string[],
) => Promise<CommandEnd>;

/**
 * apt with a sources list, lists, state and cache of its own below `root`, seeing one suite of one
 * mirror and nothing that is installed. It needs no root, and signatures are checked whatever the
 * machine's configuration allows.
 */
export async function isolatedApt(
  root: string,
  mirror: AptSource,
  suite: string,
  signal: AbortSignal | undefined,
): Promise<Apt> {
  await mkdir(join(root, 'lists/partial'), { recursive: true });
  await mkdir(join(root, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(root, 'status'), '');
  await writeFile(join(root, 'rollcall.sources'), sources(mirror, suite, await keyRing(mirror)));
  await writeFile(join(root, 'apt.conf'), configuration(root));
  return (command, args) =>
    runCommand(command, ['--config-file', join(root, 'apt.conf'), ...args], {
      cwd: root,
      signal,
      within: minutes(5),
    });
}

/** The mirror may be signed for by a key of one release only: the whole keyring knows every suite. */
async function keyRing(mirror: AptSource): Promise<string | undefined> {
  return access(distributionKeys).then(
    () => distributionKeys,
    () => mirror.signedBy,
  );
}

function sources(mirror: AptSource, suite: string, keys: string | undefined): string {
  const signedBy = keys === undefined ? [] : [`Signed-By: ${keys}`];
  const rest = [`Suites: ${suite}`, 'Components: main', 'Targets: Packages', ...signedBy];
  return ['Types: deb', `URIs: ${mirror.uri}`, ...rest, ''].join('\n');
}

/**
 * Read by apt after the machine's own configuration, which is kept for its proxies. Hooks of the
 * machine are cleared: they announce updates of the system, and this is none.
 */
function configuration(root: string): string {
  return `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "5";
Acquire::https::Timeout "5";
Dir::Etc::SourceList "${root}/rollcall.sources";
Dir::Etc::SourceParts "-";
Dir::Etc::Preferences "-";
Dir::Etc::PreferencesParts "-";
Dir::State "${root}";
Dir::State::Status "${root}/status";
Dir::Cache "${root}/cache";
`;
}
