import { readdir, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyStateMachine } from 'xstate';
import { Fault } from '../domain/fault.ts';

/**
 * Loads the machines that a file, or the files of a directory, export. Returns them by id. The files are
 * executed, so the caller must trust them.
 * @param reading number of earlier loads: Node caches a module, so a changed file needs another URL
 * @throws {Fault} `bad-setting` if there is no machine, a file cannot be loaded, or two have the same id
 */
export async function loadMachines(
  directory: string,
  reading = 0,
): Promise<Readonly<Record<string, AnyStateMachine>>> {
  using _ = ownXState();
  const found = new Map<string, { readonly machine: AnyStateMachine; readonly file: string }>();
  for (const file of await filesIn(directory)) {
    for (const machine of await machinesIn(file, reading)) {
      const other = found.get(machine.id);
      if (other && other.machine !== machine) {
        throw bad(`${other.file} and ${file} both have a machine '${machine.id}'`);
      }
      found.set(machine.id, { machine, file });
    }
  }
  if (found.size === 0) {
    throw bad(
      `${directory}: no file there exports a machine`,
      'a machine is the result of createMachine(), exported by a *.ts or *.js file',
    );
  }
  return Object.fromEntries([...found].map(([id, { machine }]) => [id, machine]));
}

/** Resolves `xstate` to our copy for files from which Node finds none. */
function ownXState(): Disposable {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (cause) {
        if (specifier !== 'xstate') throw cause;
        return { url: import.meta.resolve('xstate'), shortCircuit: true };
      }
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    if ((await stat(directory)).isFile()) return [directory];
    const names = await readdir(directory);
    return names
      .filter((name) => /\.[cm]?[jt]s$/.test(name) && !/\.(d|test)\.[cm]?ts$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = missing ? 'there is no such file or directory' : messageOf(cause);
    throw bad(`${directory}: ${why}`, undefined, cause);
  }
}

async function machinesIn(file: string, reading: number): Promise<readonly AnyStateMachine[]> {
  try {
    const exported = await import(
      `${pathToFileURL(resolve(file)).href}${reading === 0 ? '' : `?${reading}`}`
    );
    return Object.values(exported).filter(isMachine);
  } catch (cause) {
    const hint =
      'Node runs the file as a module: it must find all imports except xstate from there';
    throw bad(`${file} cannot be loaded: ${messageOf(cause)}`, hint, cause);
  }
}

/** Checks the members: a machine of another copy of XState is no instance of our class. */
const isMachine = (value: unknown): value is AnyStateMachine =>
  typeof value === 'object' &&
  value !== null &&
  'getTransitionData' in value &&
  'root' in value &&
  'id' in value;

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

const bad = (what: string, hint?: string, cause?: unknown): Fault =>
  new Fault('bad-setting', what, { ...(hint !== undefined && { hint }), cause });
