import { isRegular, writeFileAtomic } from '../adapters/files/atomic-write.ts';
import type { ConfigFile } from '../adapters/files/config-file.ts';
import { historyFile } from '../adapters/files/history-file.ts';
import { historyLine } from '../adapters/files/history-line.ts';
import type { ListedInstance } from '../adapters/files/listed-instance.ts';
import { readFolder, readOptionalText, readText } from '../adapters/files/read-text.ts';
import { secretFile } from '../adapters/files/secret-file.ts';
import { watchFile } from '../adapters/files/watch-file.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Slot } from '../domain/identity/names.ts';
import type { Millis } from '../domain/time.ts';
import { Duration } from './time/duration.ts';

export {
  historyFile,
  historyLine,
  isRegular,
  readFolder,
  readOptionalText,
  readText,
  secretFile,
  writeFileAtomic,
};

/** The settings in a YAML or JSON file. @throws {Fault} `bad-setting` */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const adapter = await import('../adapters/files/config-file.ts');
  return adapter.readConfigFile(file);
}

/** A value as YAML, one field per line. */
export async function yamlText(value: unknown): Promise<string> {
  const adapter = await import('../adapters/files/yaml-document.ts');
  return adapter.yamlText(value);
}

/** The instances that a file lists for this agent. @throws {Fault} `bad-instances-file` */
export async function listInstances(file: string, slot: Slot): Promise<readonly ListedInstance[]> {
  const { readInstances } = await import('../adapters/files/instances-file.ts');
  return readInstances(await readText(file, 'bad-instances-file'), file, slot, Duration);
}

/** Yields when a file may have changed, and at least every `every`. */
export const watchInstancesFile = (file: string, every: Millis, signal: AbortSignal) =>
  watchFile(file, every, systemClock, signal);

/** A template for one row of a list: see `readRowTemplate`. @throws {Fault} `bad-setting` */
export async function rowTemplate(
  source: string,
  clean: (text: string) => string,
): Promise<(row: object) => string> {
  const { readRowTemplate } = await import('../adapters/doors/file/row-template.ts');
  return readRowTemplate(source, clean);
}
