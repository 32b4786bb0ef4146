import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { readText } from './read-text.ts';
import { readDocument } from './yaml-document.ts';

/** Settings as a file has them, each with the place where it stands. */
export interface ConfigFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** For a person: `rollcall.yaml:3`. */
  where(name: string): string;
}

/**
 * The settings in a YAML or JSON file, by the names of the flags.
 * @throws {Fault} `bad-setting`
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const document = readDocument(await readText(file, 'bad-setting'), file, 'bad-setting');
  const values = z.record(z.string(), z.unknown()).safeParse(document.value ?? {});
  if (!values.success) {
    throw new Fault('bad-setting', `${file}: a map of settings, like \`namespace: prod\``);
  }
  return { values: values.data, where: (name) => `${file}:${document.lineOf([name])}` };
}
