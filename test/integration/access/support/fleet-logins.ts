import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inboxPrefixOf } from '../../../../src/adapters/nats/access/member.ts';
import type { FleetLogins } from '../../harness/fleet.ts';
import type { AccessServer } from './access-server.ts';

/** The logins of a fleet at such a server, which has the members `collector w` and `auditor a`, and its namespace. */
export async function loginsOf(server: AccessServer): Promise<FleetLogins> {
  const deploy = { role: 'deploy', name: 'deploy' } as const;
  const folder = server.login(deploy.role, deploy.name);
  const creds = join(folder, 'user.creds');
  const credentials = existsSync(creds)
    ? { creds: await readFile(creds, 'utf8') }
    : { nkeySeed: (await readFile(join(folder, 'user.nk'), 'utf8')).trim() };
  return {
    own: { credentials, inboxPrefix: inboxPrefixOf(deploy) },
    of: ([command = '', ...words]) => {
      if (command === 'agent') return server.login('agent', words[words.indexOf('--host') + 1]);
      return command === 'collector'
        ? server.login('collector', 'w')
        : server.login('auditor', 'a');
    },
  };
}
