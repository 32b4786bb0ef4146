import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findHostId } from '../../../src/adapters/system/host-id.ts';

/** A machine with its id file and a state directory that does not exist yet. */
async function machine(machineId?: string) {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-host-'));
  const machineIdFile = join(directory, 'machine-id');
  if (machineId !== undefined) await writeFile(machineIdFile, machineId);
  const stateDir = join(directory, 'var', 'rollcall');
  return {
    stateDir,
    machineIdFile,
    machineName: 'DB-1.example.org',
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

const someId = '0123456789abcdef0123456789abcdef\n';
const otherId = 'fedcba9876543210fedcba9876543210\n';

describe('the host id', () => {
  test('is the configured one, which is not saved', async () => {
    await using at = await machine(someId);
    expect(await findHostId({ ...at, configured: 'db-1.example' })).toBe('db-1.example');
    const made = await findHostId(at);
    expect(made).not.toBe('db-1.example');
  });

  test('is derived from the machine id without revealing it', async () => {
    await using at = await machine(someId);
    const id = await findHostId(at);
    expect(id).toMatch(/^db-1-[0-9a-f]{8}$/);
    expect(someId).not.toContain(id.slice('db-1-'.length));
    await using twin = await machine(someId);
    expect(await findHostId(twin)).toBe(id);
    await using other = await machine(otherId);
    expect(await findHostId(other)).not.toBe(id);
  });

  test('is saved, and stays the same when the machine id or its name changes', async () => {
    await using at = await machine(someId);
    const id = await findHostId(at);
    await writeFile(at.machineIdFile, otherId);
    expect(await findHostId({ ...at, machineName: 'db-2' })).toBe(id);
    expect(await readdir(at.stateDir)).toEqual(['host-id']);
  });

  test.each([
    ['localhost', /^[0-9a-f]{16}$/],
    ['', /^[0-9a-f]{16}$/],
    ['...', /^[0-9a-f]{16}$/],
    ["Tom's Mac_book.local", /^tom-s-mac-book-[0-9a-f]{8}$/],
    [`${'x'.repeat(62)}-${'y'.repeat(9)}`, /^x{62}-[0-9a-f]{8}$/],
  ])('of a machine named %j begins with a name that is safe in a subject', async (name, form) => {
    await using at = await machine(someId);
    expect(await findHostId({ ...at, machineName: name })).toMatch(form);
    await using other = await machine();
    expect(await findHostId({ ...other, machineName: name })).toMatch(form);
  });

  test('needs no state directory if there is a machine id', async () => {
    await using at = await machine(someId);
    const id = await findHostId(at);
    expect(await findHostId({ ...at, stateDir: undefined })).toBe(id);
  });

  test('without a machine id and a state directory is refused, because it would change', async () => {
    await using at = await machine();
    await expect(findHostId({ ...at, stateDir: undefined })).rejects.toMatchObject({
      code: 'bad-setting',
      hint: expect.stringContaining('ROLLCALL_HOST'),
    });
  });

  test('may be written into the state directory by an operator', async () => {
    await using at = await machine(someId);
    await mkdir(at.stateDir, { recursive: true });
    await writeFile(join(at.stateDir, 'host-id'), 'by-hand\n');
    expect(await findHostId(at)).toBe('by-hand');
  });

  test.each([undefined, '', 'uninitialized\n'])(
    'is random if the machine id is %j, and saved',
    async (machineId) => {
      await using at = await machine(machineId);
      const id = await findHostId(at);
      expect(await findHostId(at)).toBe(id);
      await using other = await machine(machineId);
      expect(await findHostId(other)).not.toBe(id);
    },
  );

  test('is the same for processes that create it at the same time', async () => {
    await using at = await machine();
    const ids = await Promise.all(Array.from({ length: 20 }, () => findHostId(at)));
    expect(new Set(ids).size).toBe(1);
    expect(await readdir(at.stateDir)).toEqual(['host-id']);
  });

  test('derived from the machine id needs no state directory', async () => {
    await using at = await machine(someId);
    const unwritable = join(at.machineIdFile, 'below-a-file');
    expect(await findHostId({ ...at, stateDir: unwritable })).toBe(await findHostId(at));
  });

  test('without a machine id is refused if it cannot be saved', async () => {
    await using at = await machine('');
    const unwritable = join(at.machineIdFile, 'below-a-file');
    await expect(findHostId({ ...at, stateDir: unwritable })).rejects.toMatchObject({
      code: 'bad-setting',
      hint: expect.any(String),
    });
  });

  test('that is saved is found in a read-only state directory', async () => {
    await using at = await machine(someId);
    // Root may write anywhere, but not a draft whose path is longer than 4095 bytes.
    let stateDir = at.stateDir;
    while (stateDir.length < 4060) {
      stateDir = join(stateDir, 'd'.repeat(Math.min(200, 4070 - stateDir.length)));
    }
    await mkdir(stateDir, { recursive: true });
    await writeFile(join(stateDir, 'host-id'), 'by-hand\n');
    expect(await findHostId({ ...at, stateDir })).toBe('by-hand');
  });

  test('that is not a valid name is refused, and the error names its file', async () => {
    await using at = await machine(someId);
    await findHostId(at);
    const file = join(at.stateDir, 'host-id');
    await writeFile(file, '\n');
    await expect(findHostId(at)).rejects.toMatchObject({ code: 'bad-name' });
    await expect(findHostId(at)).rejects.toThrow(file);
    expect(await readFile(file, 'utf8')).toBe('\n');
    await expect(findHostId({ ...at, configured: 'a\u0000b' })).rejects.toMatchObject({
      code: 'bad-name',
    });
  });

  test('in an unreadable file is not replaced by a new one', async () => {
    await using at = await machine(someId);
    await mkdir(join(at.stateDir, 'host-id'), { recursive: true });
    await expect(findHostId(at)).rejects.toMatchObject({ code: 'bad-setting' });
  });
});
