import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { askApi } from '../connection/jetstream-api.ts';
import { domainOf, type ReachedDomains, reachedDomains } from '../connection/js-domain.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

/**
 * Refuses a namespace that the server does not have while it may exist in another JetStream domain: two
 * namespaces of one name in one account would not see each other, and would write into each other's
 * history, because leaf nodes pass events on.
 *
 * A server with the name of a domain is meant to have leaf nodes, also while none is connected.
 * @throws {Fault} `store-misconfigured`; `not-found` if it may not be created and is in another domain
 */
export async function refuseOtherDomain(
  connection: SupervisedConnection,
  names: SubjectNames,
  create: boolean,
  within: Millis,
): Promise<void> {
  const own = domainOf(connection.client);
  const reached = await reachedDomains(connection);
  const others = reached?.others ?? [];
  const found = await domainsWith(connection, names, others, within);
  const name = `namespace '${names.namespace}'`;
  const [first] = found;
  if (first !== undefined) {
    throw new Fault(
      create ? 'store-misconfigured' : 'not-found',
      `${name} is in the JetStream domain ${quoted(first)}, and this server stores in ${quoted(own)}`,
      {
        hint: `use --js-domain ${first || 'NAME'}${create ? `; to create another namespace here, choose another --namespace` : ''}`,
      },
    );
  }
  if (!create || (own === '' && others.length === 0)) return;
  throw new Fault(
    'store-misconfigured',
    `${name} does not exist in the JetStream domain ${quoted(own)} of this server${elsewhere(reached)}`,
    {
      hint: `to create the namespace in this domain: --js-domain ${own || '.'}; to use the namespace of another domain: --js-domain DOMAIN`,
    },
  );
}

const quoted = (domain: string): string => (domain === '' ? 'without a name' : `'${domain}'`);

function elsewhere(reached: ReachedDomains | undefined): string {
  const { others = [] } = reached ?? {};
  if (others.length > 0) {
    return `; its leaf nodes connect it to the domains ${others.map(quoted).join(', ')}`;
  }
  return ', and it may exist in another domain that is not connected now';
}

/** The domains that have the registry of the namespace. A domain that does not answer is left out. */
export async function domainsWith(
  connection: SupervisedConnection,
  names: SubjectNames,
  domains: readonly string[],
  within: Millis,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const domain of domains) {
    // A domain without a name has no prefix. Only its own servers reach it.
    if (
      domain === '' &&
      (domainOf(connection.client) !== '' || connection.jsDomain !== undefined)
    ) {
      continue;
    }
    const what = `STREAM.INFO.${names.registry.stream}`;
    const answer = await askApi<unknown>(
      connection,
      what,
      {},
      { within, ...(domain && { domain }) },
    ).catch((cause: unknown) => {
      if (!(cause instanceof Fault)) throw cause;
      return undefined;
    });
    if (answer !== undefined && 'ok' in answer) found.push(domain);
  }
  return found;
}
