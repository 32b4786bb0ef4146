import { closeNats, connectNats } from '../../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../../src/adapters/nats/connection/connection-name.ts';
import type { Disconnect } from '../../../../src/ports/disconnects.ts';
import type { ConfiguredServer } from './configured-server.ts';
import { login, runOf, type User, type Watcher } from './recorded-disconnects.ts';

export const agent = runOf('h1');
const scout = runOf('scout');
const slot = { host: agent.host, agent: agent.agent };
export const closed: Disconnect = { slot, how: 'closed-by-client', reason: 'Client Closed' };
export const gone: Disconnect = { slot, how: 'other', reason: '' };

export const named = (exports = '', imports = '', permissions = '') => `
accounts {
  SYS { ${exports} }
  APP {
    users: [
      { user: agent, password: agent }
      { user: collector, password: collector${permissions} }
    ]
    ${imports}
  }
}
system_account: SYS`;

const importing = named(
  'exports: [{ stream: "$SYS.ACCOUNT.*.DISCONNECT", account_token_position: 3 }]',
  'imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.DISCONNECT" } }]',
);

/** A server, who watches there, and as whom agents connect. */
export const servers: Record<string, { config: string; user?: User; recorded: Disconnect }> = {
  'without accounts': { config: '', recorded: gone },
  'of which our account imports no advisories': {
    config: named(),
    user: 'agent',
    recorded: closed,
  },
  'of which our account imports advisories': { config: importing, user: 'agent', recorded: closed },
};

export const ofAgents = ({ recorded }: Watcher) =>
  recorded.filter(({ slot: { host } }) => host !== scout.host);

/**
 * Until one that was seen open is recorded as closed: so everything that closed before has been looked at.
 */
export async function looked(
  watcher: Watcher,
  server: ConfiguredServer,
  user?: User,
): Promise<void> {
  const scouts = () => watcher.recorded.length - ofAgents(watcher).length;
  for (const before = scouts(); scouts() === before; ) {
    const connection = await connectNats({
      servers: [server.url],
      name: connectionName(scout),
      ...login(user),
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await closeNats(connection);
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
