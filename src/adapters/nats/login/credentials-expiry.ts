import { readJson } from '../../../domain/json.ts';
import type { WallTime } from '../../../domain/time.ts';

/**
 * When the JWT of a credentials file expires. Undefined: never, or the text has no JWT that can be read. The
 * signature is not checked: the server does that.
 */
export function credentialsExpiry(creds: string): WallTime | undefined {
  const [, claims = ''] = /-BEGIN NATS USER JWT-+\s+[\w-]+\.([\w-]+)\./.exec(creds) ?? [];
  try {
    const read = readJson(Buffer.from(claims, 'base64url').toString());
    const exp = typeof read === 'object' && read !== null && 'exp' in read ? read.exp : undefined;
    return typeof exp === 'number' && exp > 0 && exp < 1e11 ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
