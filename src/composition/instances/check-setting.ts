import { z } from 'zod';
import type { HealthCheck, SocketAddress } from '../../domain/records/health-check.ts';

/** What of a process is checked: its port, nothing, or a request. */
export type CheckSetting = 'port' | 'none' | { readonly kind: CheckKind };

type CheckKind = { readonly http: { readonly url: string } } | Socket | Grpc;
type Socket = { readonly tcp: SocketAddress } | { readonly unix: string };
type Grpc = { readonly grpc: SocketAddress & { readonly service?: string } };

const rule =
  'port, none, http(s)://HOST:PORT/PATH, tcp://HOST:PORT, grpc://HOST:PORT/SERVICE or unix:PATH';

/** Schema of `--check`. */
export const CheckSetting = z.string().transform((text, context): CheckSetting => {
  if (text === 'port' || text === 'none') return text;
  const kind = kindOf(text);
  if (kind !== undefined) return { kind };
  context.addIssue({ code: 'custom', message: `must be ${rule}` });
  return z.NEVER;
});

function kindOf(text: string): CheckKind | undefined {
  if (/^unix:./.test(text)) return { unix: text.slice('unix:'.length) };
  const url = URL.parse(text);
  if (url === null) return undefined;
  if (url.protocol === 'http:' || url.protocol === 'https:') return { http: { url: text } };
  const port = Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '' || port === 0) return undefined;
  if (url.protocol === 'tcp:') return { tcp: { host, port } };
  if (url.protocol !== 'grpc:') return undefined;
  const service = url.pathname.slice(1);
  return { grpc: { host, port, ...(service !== '' && { service }) } };
}

/**
 * The check of a process that listens on `port`, at `address` or on this host. Undefined: there is
 * nothing to check.
 */
export function processCheck(
  setting: CheckSetting,
  { port, address }: { readonly port?: number | undefined; readonly address?: string | undefined },
  timing: Pick<HealthCheck, 'every' | 'timeout'>,
): HealthCheck | undefined {
  const rest = {
    ...timing,
    failAfter: 3,
    passAfter: 1,
    startPeriod: 0,
    initial: 'failing',
  } as const;
  if (setting === 'none') return undefined;
  if (setting !== 'port') return { ...setting.kind, ...rest };
  if (port === undefined) return undefined;
  const hosts = ['localhost', ...(address === undefined ? [] : [address])];
  return { tcp: hosts.map((host) => ({ host, port })), ...rest };
}
