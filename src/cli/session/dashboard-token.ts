import { readOptionalText } from '../../composition/files.ts';
import { Fault } from '../../domain/fault.ts';
import type { Terminal } from '../terminal/io.ts';
import { isLoopback } from './is-loopback.ts';

/** Least length that cannot be guessed. */
const shortest = 16;

const how = 'create one with `openssl rand -hex 32 > FILE` and start with --token-file FILE';

/**
 * The access token; undefined if none is required. It is read from a file or the environment, because
 * a command line is visible to all users of the machine.
 * @throws {Fault} `bad-setting` if other machines could connect and there is no token
 */
export async function dashboardToken(
  { bind, tokenFile }: { readonly bind: string; readonly tokenFile?: string | undefined },
  { env }: Pick<Terminal, 'env'>,
): Promise<string | undefined> {
  const token = (await tokenIn(tokenFile)) ?? (env['ROLLCALL_UI_TOKEN'] || undefined);
  if (token === undefined && !isLoopback(bind)) {
    throw new Fault(
      'bad-setting',
      `--bind ${bind} is reachable from other machines and requires a token`,
      { hint: how },
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new Fault(
      'bad-setting',
      'the token must consist of printable ASCII characters without spaces',
      { hint: how },
    );
  }
  if (token !== undefined && token.length < shortest) {
    throw new Fault('bad-setting', `the token must have at least ${shortest} characters`, {
      hint: how,
    });
  }
  return token;
}

async function tokenIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readOptionalText(file);
  if (text?.trim()) return text.trim();
  const what = text === undefined ? 'there is no such file' : 'the file is empty';
  throw new Fault('bad-setting', `--token-file ${file}: ${what}`, { hint: how });
}
