import { createHmac, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import { HostId } from '../../domain/identity/names.ts';
import { formatParseError } from '../../domain/records/stored-record.ts';

export interface HostIdSources {
  readonly configured?: string | undefined;
  /** Where the id is kept, once there is one. */
  readonly stateDir: string;
  /** systemd's, unless a test says otherwise. */
  readonly machineIdFile?: string;
}

/**
 * Which machine this is: configured, else kept in the state directory, else made from the machine id
 * (and where there is none, at random), and kept from then on.
 *
 * The machine id is hashed because systemd wants it kept confidential, and because clones of a disk
 * image share it: then one of them must be configured.
 * @throws {Fault} `bad-name`; `bad-setting` where no id can be made that would last
 */
export async function findHostId(from: HostIdSources): Promise<HostId> {
  if (from.configured !== undefined) return hostIdOf(from.configured, 'the configured host id');
  const file = join(from.stateDir, 'host-id');
  const kept = await textOf(file);
  if (kept !== undefined) return hostIdOf(kept.trim(), file);
  const machineId = (await textOf(from.machineIdFile ?? '/etc/machine-id'))?.trim() ?? '';
  const made = /^[0-9a-f]{32}$/.test(machineId) ? hashed(machineId) : undefined;
  try {
    return hostIdOf(await keep(file, made ?? randomUUID()), file);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    // What the machine id gives is the same next time, kept or not.
    if (made !== undefined) return hostIdOf(made, 'the machine id');
    throw new Fault('bad-setting', `there is no machine id, and ${file} cannot be written`, {
      cause,
      hint: 'give the host a name, or the agent a state directory that it may write',
    });
  }
}

const hashed = (machineId: string): string =>
  createHmac('sha256', machineId).update('rollcall host id').digest('hex').slice(0, 16);

/** Writes it down unless another process was first; whichever was, all read the same from then on. */
async function keep(file: string, id: string): Promise<string> {
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${id}\n`);
    await link(draft, file).catch((cause) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
    return (await readFile(file, 'utf8')).trim();
  } finally {
    await rm(draft, { force: true });
  }
}

/** @throws {Fault} `bad-setting` where the file is there and cannot be read: a new id would be worse */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new Fault('bad-setting', `${file} cannot be read`, { cause });
  }
}

function hostIdOf(text: string, where: string): HostId {
  const id = HostId.safeParse(text);
  if (id.success) return id.data;
  throw new Fault('bad-name', `${where} is no host id: ${formatParseError(id.error)}`, {
    cause: id.error,
  });
}

const codeOf = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause ? cause.code : undefined;
