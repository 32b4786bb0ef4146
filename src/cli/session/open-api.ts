import { readText } from '../../composition/files.ts';
import type { InstanceSources } from '../../composition/instances/instance-sources.ts';
import type { LocalApi } from '../../composition/local-api.ts';
import { stateDir } from '../../composition/xdg-directories.ts';
import { Fault } from '../../domain/fault.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Common } from '../command/command.ts';
import type { api } from '../command/settings/api.ts';
import type { Values } from '../command/settings/setting.ts';
import { endpointLines } from '../terminal/endpoint-lines.ts';
import type { Terminal } from '../terminal/io.ts';
import { logOf } from './connect.ts';
import { isLoopback } from './is-loopback.ts';

type ApiSettings = Common & Values<typeof api> & { readonly stateDir?: string | undefined };

/**
 * The local API of an agent, if it is set. It listens before the store answers; an address that cannot be opened is
 * tried again.
 * @throws {Fault} `bad-setting`
 */
export async function openApi(
  settings: ApiSettings,
  me: RunRef,
  sources: InstanceSources,
  io: Terminal,
  metrics: Metrics,
): Promise<LocalApi | undefined> {
  const { api: address, apiTokenFile, namespace, json } = settings;
  if (!address) return undefined;
  const token = await tokenOf(apiTokenFile);
  if (token === undefined && 'host' in address && !isLoopback(address.host)) {
    throw new Fault(
      'bad-setting',
      `--api ${address.host}:${address.port} is reachable from other machines and needs --api-token-file`,
      { hint: 'create a token: openssl rand -hex 32 > token; or listen on 127.0.0.1' },
    );
  }
  const { openLocalApi } = await import('../../composition/local-api.ts');
  const dir = settings.stateDir ?? stateDir(io.env);
  const log = logOf(io, settings);
  const events = endpointLines('local API', json, io);
  const options = { me, namespace, address, token, stateDir: dir, log, metrics, events };
  return openLocalApi(options, sources);
}

async function tokenOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const token = (await readText(file, 'bad-setting')).trim();
  if (/^[\x21-\x7e]{16,}$/.test(token)) return token;
  throw new Fault(
    'bad-setting',
    `--api-token-file ${file}: the token must have at least 16 printable ASCII characters, without spaces`,
    { hint: 'create one: openssl rand -hex 32 > token' },
  );
}
