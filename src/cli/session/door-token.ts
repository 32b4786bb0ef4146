import { readOptionalText } from '../../composition/files.ts';
import { Fault } from '../../domain/fault.ts';
import { isLoopback } from './is-loopback.ts';

const how = 'create a token: openssl rand -hex 32 > FILE, and start with --token-file FILE';

/**
 * The token of the HTTP door; undefined if none is needed.
 * @throws {Fault} `bad-setting` if other machines could connect without a token
 */
export async function doorToken(
  host: string,
  { tokenFile, insecure }: { readonly tokenFile?: string | undefined; readonly insecure: boolean },
): Promise<string | undefined> {
  if (tokenFile !== undefined) {
    const token = (await readOptionalText(tokenFile))?.trim() ?? '';
    if (/^[\x21-\x7e]{16,}$/.test(token)) return token;
    throw new Fault(
      'bad-setting',
      `--token-file ${tokenFile}: the token must have at least 16 printable ASCII characters, without spaces`,
      { hint: how },
    );
  }
  if (isLoopback(host) || insecure) return undefined;
  throw new Fault(
    'bad-setting',
    `--http ${host} is reachable from other machines and needs --token-file`,
    { hint: `${how}; or start with --insecure if every machine that can connect may read` },
  );
}
