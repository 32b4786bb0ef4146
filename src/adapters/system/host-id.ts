import { createHmac, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import { HostId } from '../../domain/identity/names.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';

export interface HostIdSources {
  readonly configured?: string | undefined;
  /** The directory of the file `host-id`; undefined if there is none. */
  readonly stateDir: string | undefined;
  /** `/etc/machine-id` of systemd, except in tests. */
  readonly machineIdFile?: string;
  /** The name of this machine, except in tests. */
  readonly machineName?: string;
}

/**
 * The id of this machine: the configured one, else the one stored in the state directory, else one that
 * is made and stored: the machine's name, and a part that is derived from the machine id (without one: random),
 * such as `db-1-6622ddde`.
 *
 * A person finds the machine by its name; the other part separates machines of one name. A machine that gets another
 * name keeps its stored id. The machine id is hashed because systemd asks to keep it confidential. Clones of a disk
 * image share it, so they need a name of their own, or a configured host id.
 * @throws {Fault} `bad-name`; `bad-setting` if the id would change with the next start
 */
export async function findHostId(sources: HostIdSources): Promise<HostId> {
  if (sources.configured !== undefined)
    return parseHostId(sources.configured, 'the configured host id');
  const file = sources.stateDir === undefined ? undefined : join(sources.stateDir, 'host-id');
  const saved = file === undefined ? undefined : await readIfPresent(file);
  if (file !== undefined && saved !== undefined) return parseHostId(saved.trim(), file);
  const machineId = (await readIfPresent(sources.machineIdFile ?? '/etc/machine-id'))?.trim() ?? '';
  const name = shortName(sources.machineName ?? hostname());
  const derived = /^[0-9a-f]{32}$/.test(machineId) ? named(name, hashed(machineId)) : undefined;
  if (file === undefined) {
    if (derived !== undefined) return parseHostId(derived, 'the machine id');
    throw new Fault(
      'bad-setting',
      'this machine has neither a machine id nor a directory to save a host id: none of STATE_DIRECTORY, XDG_STATE_HOME and HOME is set',
      {
        hint: 'set --host (ROLLCALL_HOST) to a name that stays the same over restarts, or --state-dir',
      },
    );
  }
  try {
    return parseHostId(await saveOnce(file, derived ?? named(name, randomHex())), file);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    // The id from the machine id is the same at the next start, even if it is not saved.
    if (derived !== undefined) return parseHostId(derived, 'the machine id');
    throw new Fault(
      'bad-setting',
      `this machine has no machine id, and the host id cannot be saved to ${file}`,
      {
        cause,
        hint: 'set --host (ROLLCALL_HOST) to a name that stays the same over restarts, or use a --state-dir that the agent can write',
      },
    );
  }
}

const hashed = (machineId: string): string =>
  createHmac('sha256', machineId).update('rollcall host id').digest('hex').slice(0, 16);

const randomHex = (): string => randomUUID().replaceAll('-', '');

/** An id has 8 digits after the name of the machine, and 16 digits if the machine has no usable name. */
const named = (name: string, digits: string): string =>
  name === '' ? digits.slice(0, 16) : `${name}-${digits.slice(0, 8)}`;

/** The first label of the machine's name. Empty if it has none that says anything. */
function shortName(name: string): string {
  const [label = ''] = name.toLowerCase().split('.');
  const short = label
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return short === 'localhost' ? '' : short;
}

/** Saves the id unless another process saved one first. All processes read the same id afterwards. */
async function saveOnce(file: string, id: string): Promise<string> {
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

/** @throws {Fault} `bad-setting` if the file exists and cannot be read: a new id would be a second host */
async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new Fault('bad-setting', `${file} cannot be read`, { cause });
  }
}

function parseHostId(text: string, source: string): HostId {
  const id = HostId.safeParse(text);
  if (id.success) return id.data;
  throw new Fault('bad-name', `${source} is not a valid host id: ${formatParseError(id.error)}`, {
    cause: id.error,
  });
}

const codeOf = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause ? cause.code : undefined;
