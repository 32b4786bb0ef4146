import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { readText } from './read-text.ts';
import { readDocument } from './yaml-document.ts';

/** The settings in a file, each with its line number. */
export interface ConfigFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** File and line of a setting, for messages: `rollcall.yaml:3`. */
  positionOf(name: string): string;
}

/**
 * Reads the settings of a YAML or JSON file. Keys are the names of the flags.
 * @throws {Fault} `bad-setting`
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const document = readDocument(await readText(file, 'bad-setting'), file, 'bad-setting');
  const values = z.record(z.string(), z.unknown()).safeParse(document.value ?? {});
  if (!values.success) {
    throw new Fault('bad-setting', `${file}: must be a map of settings, like \`namespace: prod\``);
  }
  return { values: values.data, positionOf: (name) => `${file}:${document.lineOf([name])}` };
}
