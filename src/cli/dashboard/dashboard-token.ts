import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOptionalText, secretFile } from '../../composition/files.ts';
import { stateDirIfAny } from '../../composition/xdg-directories.ts';
import type { Tokens } from '../../dashboard/server/http/auth.ts';
import { Fault } from '../../domain/fault.ts';
import { isLoopback } from '../session/is-loopback.ts';
import type { Terminal } from '../terminal/io.ts';

/** Least length that cannot be guessed. */
const shortest = 16;

const how = 'create one with `openssl rand -hex 32 > FILE` and start with --token-file FILE';

interface TokenSettings {
  readonly bind: string;
  readonly tokenFile?: string | undefined;
  readonly lookTokenFile?: string | undefined;
  /** What it shows is public: it needs a token only if one is given. */
  readonly isPublic?: boolean;
}

/** The tokens of a dashboard, and how people get them. */
export interface DashboardTokens {
  readonly tokens: Tokens;
  /** The file of the token that may act; undefined: it is in the environment, only in memory, or there is none. */
  readonly file: string | undefined;
  readonly lookFile: string | undefined;
  /** Whether the program made the token: then it prints a link with it. */
  readonly isOwn: boolean;
}

/**
 * The tokens of a dashboard. Without a setting, those that this user has in the state directory, made when they are
 * needed first: other users of the machine cannot read them. A given token is read from a file or the environment,
 * because a command line is visible to all users of the machine.
 * @throws {Fault} `bad-setting` if other machines could connect and there is no token
 */
export async function dashboardTokens(
  { bind, tokenFile, lookTokenFile, isPublic = false }: TokenSettings,
  { env }: Pick<Terminal, 'env'>,
): Promise<DashboardTokens> {
  const look = await tokenIn(lookTokenFile, '--look-token-file');
  const act = (await tokenIn(tokenFile, '--token-file')) ?? tokenOf(env);
  if (act !== undefined) {
    if (act === look) {
      throw new Fault('bad-setting', 'the read-only token is the same as the token to act', {
        hint: `create another read-only token: openssl rand -hex 32 > ${lookTokenFile}`,
      });
    }
    const tokens = { act, ...(look !== undefined && { look }) };
    return { tokens, file: tokenFile, lookFile: lookTokenFile, isOwn: false };
  }
  if (!isLoopback(bind)) {
    throw new Fault(
      'bad-setting',
      `--bind ${bind} is reachable from other machines and requires a token`,
      { hint: how },
    );
  }
  if (isPublic && look === undefined) {
    return { tokens: {}, file: undefined, lookFile: undefined, isOwn: false };
  }
  const dir = stateDirIfAny(env);
  const own = await ownToken(dir, 'dashboard-token');
  const other =
    look === undefined
      ? await ownToken(dir, 'dashboard-look-token')
      : { token: look, file: lookTokenFile };
  const tokens = { act: own.token, look: other.token };
  return { tokens, file: own.file, lookFile: other.file, isOwn: true };
}

/** A token of this user; only in memory without a state directory. */
async function ownToken(dir: string | undefined, name: string) {
  const made = randomBytes(32).toString('base64url');
  if (dir === undefined) return { token: made, file: undefined };
  const file = join(dir, name);
  return { token: checked((await secretFile(file, `${made}\n`)).trim(), file), file };
}

function tokenOf({ ROLLCALL_UI_TOKEN: token }: Terminal['env']): string | undefined {
  return token ? checked(token, 'ROLLCALL_UI_TOKEN') : undefined;
}

async function tokenIn(file: string | undefined, flag: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readOptionalText(file);
  if (text?.trim()) return checked(text.trim(), `${flag} ${file}`);
  const what = text === undefined ? 'there is no such file' : 'the file is empty';
  throw new Fault('bad-setting', `${flag} ${file}: ${what}`, { hint: how });
}

function checked(token: string, where: string): string {
  const problem = !/^[\x21-\x7e]+$/.test(token)
    ? 'consist of printable ASCII characters without spaces'
    : token.length < shortest
      ? `have at least ${shortest} characters`
      : undefined;
  if (problem === undefined) return token;
  throw new Fault('bad-setting', `${where}: the token must ${problem}`, { hint: how });
}
