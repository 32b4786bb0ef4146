import { roles } from '../../adapters/nats/access/member.ts';
import { decodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { stripCredentials } from '../store/access.ts';

/** What a connection says about who uses it. */
export interface NamedLogin {
  readonly user?: string | undefined;
  readonly servers: readonly string[];
  readonly inboxPrefix?: string | undefined;
}

/** The name of the logins that `rollcall up --secure` makes for all commands of its user: nobody's name. */
const nobodys = 'local';

const ownInbox = new RegExp(`^_INBOX_(?:${roles.join('|')})-(.+)$`);

/**
 * The name of a login: its NATS user, or the name that `rollcall access` gave it, which its inbox prefix has.
 * Undefined for a token, a key or credentials without such a name.
 */
export function loginName({ user, servers, inboxPrefix }: NamedLogin): string | undefined {
  const named = user ?? stripCredentials(servers).login.user;
  if (named !== undefined) return named;
  const [, token] = ownInbox.exec(inboxPrefix ?? '') ?? [];
  const name = token === undefined ? undefined : decoded(token);
  return name === nobodys ? undefined : name;
}

/** Undefined for a token that encodes no name: users may choose any inbox prefix. */
function decoded(token: string): string | undefined {
  try {
    return decodeSubjectToken(token);
  } catch {
    return undefined;
  }
}
