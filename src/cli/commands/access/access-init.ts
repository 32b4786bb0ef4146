import { join } from 'node:path';
import { z } from 'zod';
import { AccessFolder } from '../../../composition/access/access-folder.ts';
import { addMember } from '../../../composition/access/access-state.ts';
import { isHost } from '../../../composition/access/tls-state.ts';
import { readText } from '../../../composition/files.ts';
import { stripCredentials } from '../../../composition/store/access.ts';
import { Fault } from '../../../domain/fault.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { Switch } from '../../command/settings/common.ts';
import { accessDir, accessSettings } from '../../session/access.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';

const Hosts = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())], {
    error: 'names or addresses, separated by commas',
  })
  .pipe(z.array(z.string().trim().refine(isHost, 'a host name or an address')));

/** A login with a domain would need other rights: see docs/how-to/permissions.md. @throws {Fault} `bad-setting` */
function refuseDomain(domain: string | undefined): void {
  if (domain === undefined || domain === '.') return;
  throw new Fault(
    'bad-setting',
    `--js-domain ${domain}: rollcall access makes no logins for a JetStream domain behind a leaf node`,
    {
      hint: 'at servers of that domain leave out --js-domain, and use the logins there; for processes behind a leaf node see "With a JetStream domain" in docs/how-to/permissions.md',
    },
  );
}

export const accessInit = command({
  name: 'access init',
  summary: 'create accounts and logins with the least rights for a NATS server of your own',
  settings: {
    ...accessSettings,
    serverConfig: {
      flag: '--server-config <file>',
      description:
        'where to write the accounts; the configuration of nats-server includes this file',
      fallback: 'nats-access.conf in the folder',
      schema: z.string().min(1, 'not empty').optional(),
    },
    reload: {
      flag: '--reload <pid>',
      description:
        'process id, or file with one, of a nats-server here that reloads after each change',
      schema: z.string().min(1, 'not empty').optional(),
    },
    jwt: {
      flag: '--jwt',
      description:
        'operator mode: the accounts are signed tokens, the logins are credentials files',
      schema: Switch,
    },
    tls: {
      flag: '--tls',
      description: 'create a CA and a certificate for each of --servers; logins then use TLS',
      schema: Switch,
    },
    tlsNames: {
      flag: '--tls-names <names>',
      description: 'more names and addresses for the certificates of the servers',
      schema: Hosts.default([]),
    },
    tlsClients: {
      flag: '--tls-clients',
      description:
        'create a certificate for each login too; servers then accept no connection without one',
      schema: Switch,
    },
    tlsPath: {
      flag: '--tls-path <dir>',
      description: 'directory of the certificate on the machine of the server',
      fallback: 'where it is written',
      schema: z.string().min(1, 'not empty').optional(),
    },
  },
  examples: [
    [
      'rollcall access init --servers nats://nats-1:4222,nats://nats-2:4222',
      'then add a login for each host: rollcall access add agent HOST',
    ],
    [
      'rollcall access init --server-config /etc/nats/rollcall.conf --reload /run/nats.pid',
      'the server on this machine reloads after each change',
    ],
    [
      'rollcall access init --tls --servers tls://nats-1:4222,tls://nats-2:4222 --tls-path /etc/nats/tls',
      'creates a CA and the certificates of the servers',
    ],
  ],
  async run({ settings, io }) {
    refuseDomain(settings.jsDomain);
    const { namespace, serverConfig, reload, tlsCa, jwt, tls, tlsNames, tlsClients, tlsPath } =
      settings;
    const access = await AccessFolder.init(accessDir(settings, io), {
      servers: stripCredentials(settings.servers).servers,
      reload: reload === undefined ? [] : [reload],
      serverConfig,
      jwt,
      ...(tls && { tls: { names: tlsNames, clients: tlsClients, path: tlsPath } }),
      ...(tlsCa !== undefined && { tlsCa: await readText(tlsCa, 'bad-setting') }),
    });
    const deploy = { namespace, role: 'deploy', name: 'deploy' } as const;
    await access.apply((state) => addMember(state, deploy));
    const login = access.loginOf(deploy);
    if (settings.json) {
      const { folder, serverConfig: config } = access;
      io.out(
        documentLine({ event: 'access', folder, config, login, members: access.members.length }),
      );
      return exitCodes.done;
    }
    const { bold, dim } = io.palette;
    io.out(`${bold('access')}  ${escapeControls(access.folder)}`);
    io.out(dim('  it contains secrets: only this user can read it; keep a copy in a safe place'));
    io.out('');
    io.out('1. include the accounts in the configuration of each server, and reload it:');
    io.out(`   include ./nats-access.conf      (from ${escapeControls(access.serverConfig)})`);
    if (tls) {
      io.out('   and copy servers/HOST to each server, and include its certificate:');
      io.out(
        `   include ./tls.conf              (from ${escapeControls(join(access.folder, 'servers'))})`,
      );
    }
    io.out('2. create the streams:');
    io.out(`   rollcall namespace create --login ${escapeControls(login)}`);
    io.out('3. add a login for each process, and copy its folder there:');
    io.out('   rollcall access add collector NAME');
    io.out('   rollcall access add agent HOST');
    return exitCodes.done;
  },
});
