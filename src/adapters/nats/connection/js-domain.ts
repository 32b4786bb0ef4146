import type { NatsConnection } from '@nats-io/transport-node';
import type { Millis } from '../../../domain/time.ts';
import { isClientError } from './client-errors.ts';
import { jsonOf } from './message.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

/** As the name of a domain: the server's own JetStream, whatever its domain is called. No domain has it. */
export const ownDomain = '.';

/** The subject as it reaches the JetStream of that domain, also over leaf node connections. */
export function subjectInDomain(subject: string, domain: string | undefined): string {
  if (domain === undefined) return subject;
  // A leaf node passes on neither `$JS.API` nor `$KV` of another domain; the prefix maps to both.
  if (subject.startsWith('$JS.API.')) return subject.replace('$JS.API.', `$JS.${domain}.API.`);
  return subject.startsWith('$KV.') ? `$JS.${domain}.API.${subject}` : subject;
}

/**
 * The same subject without the domain. A server whose own domain it is replaces it in every account, before it
 * looks at permissions (nats-server 2.15.1); a login of another server has its rights with the domain.
 */
export function subjectWithoutDomain(subject: string, domain: string | undefined): string {
  const prefix = `$JS.${domain}.API.`;
  if (domain === undefined || !subject.startsWith(prefix)) return subject;
  const rest = subject.slice(prefix.length);
  return rest.startsWith('$KV.') ? rest : `$JS.API.${rest}`;
}

/** The JetStream domains that an account reaches. A domain without a name is the empty text. */
export interface ReachedDomains {
  /** The domain of the server that this client is connected to. */
  readonly own: string;
  /** Whether leaf nodes of this account are connected to that server. */
  readonly hasLeafNodes: boolean;
  /** Domains of other servers with JetStream, without the own one. */
  readonly others: readonly string[];
}

/** Where a user asks the servers for the state of its own account. */
export const statsSubject = '$SYS.REQ.ACCOUNT.PING.STATZ';
const repliesWithin: Millis = 1000;
/** How long it waits for one more reply. */
const nextReplyWithin: Millis = 300;

interface ServerStats {
  readonly id: string;
  readonly domain: string;
  readonly hasJetStream: boolean;
  readonly leafNodes: number;
}

/**
 * Asks the servers of the account for their domains. Returns after the first reply if its server has no
 * leaf nodes. Undefined if this user may not ask, or its server does not answer.
 */
export async function reachedDomains({
  client,
}: SupervisedConnection): Promise<ReachedDomains | undefined> {
  const own = domainOf(client);
  const others = new Set<string>();
  let leafNodes: number | undefined;
  try {
    const options = { maxWait: repliesWithin, strategy: 'stall', stall: nextReplyWithin } as const;
    for await (const msg of await client.requestMany(statsSubject, '', options)) {
      const stats = parseStats(jsonOf(msg));
      if (stats === undefined) continue;
      if (stats.id === client.info?.server_id) {
        ({ leafNodes } = stats);
        if (leafNodes === 0) break;
      } else if (stats.hasJetStream && stats.domain !== own) others.add(stats.domain);
    }
  } catch (cause) {
    if (isClientError(cause, 'RequestError', 'PermissionViolationError')) return undefined;
    throw cause;
  }
  if (leafNodes === undefined) return undefined;
  return { own, hasLeafNodes: leafNodes > 0, others: [...others].sort() };
}

/** The domain of the server of a connection; empty if it has no name. */
export function domainOf({ info }: NatsConnection): string {
  // The type of the client lacks the field.
  const { domain } = (info ?? {}) as { readonly domain?: unknown };
  return typeof domain === 'string' ? domain : '';
}

/** Any client may reply: undefined if it is not the reply of a server. */
function parseStats(reply: unknown): ServerStats | undefined {
  const { server, data } = (reply ?? {}) as {
    readonly server?: {
      readonly id?: unknown;
      readonly domain?: unknown;
      readonly jetstream?: unknown;
    };
    readonly data?: { readonly account_statz?: unknown };
  };
  if (typeof server?.id !== 'string') return undefined;
  const accounts = Array.isArray(data?.account_statz) ? data.account_statz : [];
  const counts = accounts.map((one) => Number((one as { leafnodes?: unknown } | null)?.leafnodes));
  return {
    id: server.id,
    domain: typeof server.domain === 'string' ? server.domain : '',
    hasJetStream: server.jetstream === true,
    leafNodes: counts.reduce((sum, count) => sum + (count || 0), 0),
  };
}
