import { isIP } from 'node:net';
import { readOptionalText } from '../../composition/files.ts';
import { Fault } from '../../domain/fault.ts';
import type { Terminal } from '../terminal/io.ts';

/** As few bytes as nobody guesses. */
const shortest = 16;

const how = 'make one: openssl rand -hex 32 > FILE, and start with --token-file FILE';

/**
 * The token that is asked for; undefined: none. It comes from a file or the environment: a command line
 * is seen by everybody on the machine.
 * @throws {Fault} `bad-setting` where others than this machine could look and there is none
 */
export async function dashboardToken(
  { bind, tokenFile }: { readonly bind: string; readonly tokenFile?: string | undefined },
  { env }: Pick<Terminal, 'env'>,
): Promise<string | undefined> {
  const token = (await tokenIn(tokenFile)) ?? (env['ROLLCALL_UI_TOKEN'] || undefined);
  if (token === undefined && !isLoopback(bind)) {
    throw new Fault(
      'bad-setting',
      `--bind ${bind}: others than this machine reach it, so it takes a token`,
      { hint: how },
    );
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new Fault('bad-setting', 'the token has blanks or odd characters in it', { hint: how });
  }
  if (token !== undefined && token.length < shortest) {
    throw new Fault('bad-setting', `the token is shorter than ${shortest} characters`, {
      hint: how,
    });
  }
  return token;
}

async function tokenIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readOptionalText(file);
  if (text?.trim()) return text.trim();
  const what = text === undefined ? 'there is no such file' : 'it is empty';
  throw new Fault('bad-setting', `--token-file ${file}: ${what}`, { hint: how });
}

/** Names may mean anything; only an address says by itself that it is this machine. */
const isLoopback = (bind: string): boolean =>
  bind === 'localhost' || (isIP(bind) === 4 && bind.startsWith('127.')) || bind === '::1';
