import type { ServiceView } from '../../../ports/service-view.ts';
import { prometheusTargets } from '../http/prometheus-targets.ts';
import type { FileService } from './file-data.ts';

export type FileFormat = 'json' | 'prometheus' | 'nginx';

interface Source {
  readonly view: ServiceView;
  readonly services: readonly FileService[];
}

/** Writes the services in a format; without a template nothing needs to be quoted by the user. */
export const formatServices: Readonly<Record<FileFormat, (source: Source) => string>> = {
  json: ({ services }) => `${JSON.stringify({ services }, null, 2)}\n`,
  prometheus: ({ view, services }) => {
    const names = services.map(({ name }) => name);
    const groups = prometheusTargets(view, names, 'file').map(({ group }) => group);
    return `${JSON.stringify(groups, null, 2)}\n`;
  },
  nginx: ({ services }) => services.map(upstreamOf).join(''),
};

/**
 * An `upstream` of nginx for a service. A name that nginx cannot have is left out. Only IP addresses: nginx
 * refuses its whole configuration if one host name cannot be resolved. An `upstream` without servers is
 * refused too, so the list has one server, which is down.
 */
function upstreamOf({ name, instances }: FileService): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) return '';
  const servers = instances
    .filter(({ family }) => family !== 0)
    .map(({ endpoint }) => `  server ${endpoint};`);
  const lines = servers.length > 0 ? [...new Set(servers)] : ['  server 127.0.0.1:1 down;'];
  return `upstream ${name} {\n${lines.join('\n')}\n}\n`;
}
