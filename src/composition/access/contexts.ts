import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { lockFolder } from '../../adapters/files/folder-lock.ts';
import { readFolder, readOptionalText } from '../../adapters/files/read-text.ts';
import { readSecret, writeSecretFile } from '../../adapters/files/secret-file.ts';
import { Fault } from '../../domain/fault.ts';
import { getOwn } from '../../domain/json.ts';

/** Settings of a connection under a name: the names of flags without dashes, and their texts. */
export type ContextSettings = Readonly<Record<string, string>>;

const ContextsFile = z.object({
  /** The context that a command uses without `--context`. */
  current: z.string().optional(),
  contexts: z.record(z.string(), z.record(z.string(), z.string())),
});
type ContextsFile = z.infer<typeof ContextsFile>;

export interface ListedContext {
  readonly name: string;
  readonly from: 'rollcall' | 'nats';
  readonly isCurrent: boolean;
  readonly settings: ContextSettings;
}

/**
 * The contexts of this user: those of `rollcall context` in one file of mode 0600, and those of the command `nats`,
 * which are only read. A context of the same name in the own file counts.
 */
export class Contexts {
  readonly #file: string;
  readonly #natsDir: string | undefined;

  /** `dir`: the directory of our settings; `natsDir`: that of the command `nats`. */
  constructor(dir: string, natsDir: string | undefined) {
    this.#file = join(dir, 'contexts.json');
    this.#natsDir = natsDir && join(natsDir, 'context');
  }

  /** The name of the current context; undefined if none was chosen. @throws {Fault} `bad-setting` */
  async current(): Promise<string | undefined> {
    return (await this.#read()).current;
  }

  /** @throws {Fault} `bad-setting` for a file that cannot be read */
  async list(): Promise<readonly ListedContext[]> {
    const { current, contexts } = await this.#read();
    const own = Object.entries(contexts).map(([name, settings]) => {
      return { name, from: 'rollcall' as const, isCurrent: name === current, settings };
    });
    const folder = this.#natsDir === undefined ? undefined : await readFolder(this.#natsDir);
    const foreign = [...(folder ?? new Map<string, Buffer>())]
      .filter(([file]) => file.endsWith('.json'))
      .map(([file, text]) => [file.slice(0, -'.json'.length), text.toString()] as const)
      .filter(([name]) => getOwn(contexts, name) === undefined)
      .map(([name, text]) => {
        // One that cannot be read is refused when it is used.
        const { url = '' } = natsFieldsIn(text) ?? {};
        const settings = url === '' ? {} : { servers: url };
        return { name, from: 'nats' as const, isCurrent: name === current, settings };
      });
    return [...own, ...foreign].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The settings of a context, of the own file or of the command `nats`.
   * @throws {Fault} `bad-setting` if there is none, or if it needs what this program cannot do
   */
  async settingsOf(name: string, home: string | undefined): Promise<ContextSettings> {
    const own = getOwn((await this.#read()).contexts, name);
    if (own) return own;
    const file = this.#natsDir && isPlain(name) ? join(this.#natsDir, `${name}.json`) : undefined;
    const text = file && (await readOptionalText(file));
    if (text !== undefined && text !== '') return parseNatsContext(name, text, home);
    throw new Fault('bad-setting', `there is no context '${name.slice(0, 80)}'`, {
      hint: 'contexts: rollcall context list; a new one: rollcall context add NAME --servers …',
    });
  }

  /** Stores a context. @returns whether it is new @throws {Fault} `bad-setting` */
  async add(name: string, settings: ContextSettings): Promise<boolean> {
    if (!isPlain(name)) {
      throw new Fault('bad-setting', `'${name.slice(0, 80)}' is not the name of a context`, {
        hint: '1 to 64 letters, digits, _, . and -, not first a . or -',
      });
    }
    await using _lock = await this.#lock();
    const file = await this.#read();
    await this.#write({ ...file, contexts: { ...file.contexts, [name]: settings } });
    return getOwn(file.contexts, name) === undefined;
  }

  /** Makes a context the current one; undefined: none. @throws {Fault} `bad-setting` if there is none of that name */
  async use(name: string | undefined): Promise<void> {
    await using _lock = await this.#lock();
    const { current: _, ...file } = await this.#read();
    if (name === undefined) return await this.#write(file);
    await this.settingsOf(name, undefined);
    await this.#write({ ...file, current: name });
  }

  /** Removes a context of the own file. @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    await using _lock = await this.#lock();
    const { current, contexts } = await this.#read();
    if (getOwn(contexts, name) === undefined) return false;
    const { [name]: _, ...rest } = contexts;
    await this.#write({
      contexts: rest,
      ...(current !== undefined && current !== name && { current }),
    });
    return true;
  }

  /** Of two commands that change the file at once, the second reads what the first has written. */
  readonly #lock = (): Promise<AsyncDisposable> => lockFolder(dirname(this.#file));

  async #read(): Promise<ContextsFile> {
    const text = await readSecret(this.#file, 'replace the passwords and tokens in it');
    if (text === undefined) return { contexts: {} };
    const read = ContextsFile.safeParse(parsed(text));
    if (read.success) return read.data;
    throw new Fault('bad-setting', `${this.#file} is not a file of rollcall context`, {
      hint: 'remove it, and add the contexts again',
    });
  }

  #write(file: ContextsFile): Promise<void> {
    return writeSecretFile(this.#file, `${JSON.stringify(file, null, 2)}\n`);
  }
}

/** `__proto__` cannot be a key of every object. */
const isPlain = (name: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name) && name !== '__proto__';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Fields of a context of `nats`, and the setting that each is. */
const natsFields: Readonly<Record<string, string>> = {
  url: 'servers',
  ...{ user: 'user', password: 'password', token: 'token', creds: 'creds', nkey: 'nkey' },
  ...{ cert: 'tls-cert', key: 'tls-key', ca: 'tls-ca' },
  ...{ inbox_prefix: 'inbox-prefix', jetstream_domain: 'js-domain' },
};
/** Fields without which the connection would be another one. */
const unsupported = ['nsc', 'user_jwt', 'user_seed', 'socks_proxy', 'jetstream_api_prefix'];
const paths: ReadonlySet<string> = new Set(['creds', 'nkey', 'cert', 'key', 'ca']);

/** The texts in a context of `nats`; undefined if it is not a JSON object. */
function natsFieldsIn(text: string): Readonly<Record<string, string>> | undefined {
  const fields = z.record(z.string(), z.unknown()).safeParse(parsed(text));
  if (!fields.success) return undefined;
  const texts = Object.entries(fields.data).filter(([, value]) => value !== '');
  return Object.fromEntries(
    texts.flatMap(([field, value]) => (typeof value === 'string' ? [[field, value]] : [])),
  );
}

/**
 * The settings in a context of the command `nats`.
 * @throws {Fault} `bad-setting`
 */
export function parseNatsContext(
  name: string,
  text: string,
  home: string | undefined,
): ContextSettings {
  const fields = natsFieldsIn(text);
  if (fields === undefined) {
    throw new Fault('bad-setting', `the context '${name}' of nats is not a JSON object`, {
      hint: `correct it, or make one of your own: rollcall context add ${name} --servers …`,
    });
  }
  const wrong = unsupported.find((field) => fields[field] !== undefined);
  if (wrong !== undefined) {
    throw new Fault(
      'bad-setting',
      `the context '${name}' of nats has ${wrong}, which is not supported`,
      {
        hint: `make one of your own: rollcall context add ${name} --servers …`,
      },
    );
  }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => {
      const setting = getOwn(natsFields, field);
      return setting === undefined
        ? []
        : [[setting, paths.has(field) ? inHome(value, home) : value]];
    }),
  );
}

/** `nats` writes `~/…` for files in the home directory. */
const inHome = (path: string, home: string | undefined): string =>
  path.startsWith('~/') && home !== undefined && isAbsolute(home)
    ? join(home, path.slice(2))
    : path;
