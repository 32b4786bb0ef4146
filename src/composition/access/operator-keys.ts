import { join } from 'node:path';
import { z } from 'zod';
import { readOptionalText } from '../../adapters/files/read-text.ts';
import { writeSecretFile } from '../../adapters/files/secret-file.ts';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';

const Stored = z.record(z.string(), z.string());

/** The secret keys of an operator and its accounts, in one file of the access set-up. */
export class OperatorKeys {
  readonly #file: string;
  readonly #seeds: Map<string, string>;
  #isChanged = false;

  private constructor(file: string, seeds: Map<string, string>) {
    this.#file = file;
    this.#seeds = seeds;
  }

  /** Without a file there are no keys yet. @throws {Fault} `bad-setting` */
  static async open(folder: string): Promise<OperatorKeys> {
    const file = join(folder, 'operator.json');
    const text = await readOptionalText(file);
    if (text === undefined) return new OperatorKeys(file, new Map());
    const read = Stored.safeParse(parsed(file, text));
    if (read.success) return new OperatorKeys(file, new Map(Object.entries(read.data)));
    throw new Fault('bad-setting', `${file} is not a list of keys`, {
      hint: 'restore the folder from its copy',
    });
  }

  /** The key with this name. One that is made is kept when `save` is called. */
  readonly find = (name: string, make: () => string): string => {
    const known = this.#seeds.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#seeds.set(name, made);
    this.#isChanged = true;
    return made;
  };

  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const text = JSON.stringify(Object.fromEntries(this.#seeds), null, 2);
    await writeSecretFile(this.#file, `${text}\n`);
    this.#isChanged = false;
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    throw new Fault('bad-setting', `${file}: ${cause}`, { cause });
  }
}
