import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minutes } from '../../../domain/time.ts';
import type { AptSource } from './apt-sources.ts';
import { type CommandEnd, runCommand } from './run-command.ts';

const distributionKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Runs a command of apt with its own configuration and state. */
export type Apt = (
  command: 'apt-get' | 'apt-cache',
  args: readonly string[],
) => Promise<CommandEnd>;

/**
 * apt with its own sources list, lists, state and cache below `root`. It sees one suite of one mirror
 * and no installed packages. It needs no root privileges, and checks signatures even if the machine's
 * configuration does not.
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

/** The mirror's own key may be that of one release only; the complete keyring has keys of all suites. */
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
 * apt reads it after the machine's own configuration, which stays active for its proxies. The machine's
 * hooks are cleared: they announce updates of the system, and this is none.
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
