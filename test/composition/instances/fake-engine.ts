import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Change = {
  readonly status?: string;
  readonly exitCode?: number;
  readonly pid?: number;
  readonly health?: {
    readonly Status: string;
    readonly Log?: readonly { readonly Output: string }[];
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
  readonly networks?: Readonly<Record<string, { readonly IPAddress: string }>>;
  readonly name?: string;
};

/** An engine with the three requests of the agent, on a socket of its own. */
export class FakeEngine implements AsyncDisposable {
  readonly path = join(
    tmpdir(),
    `engine-${process.pid}-${Math.trunc(performance.now() * 1000)}.sock`,
  );
  readonly #containers = new Map<string, Record<string, unknown>>();
  readonly #streams = new Set<ServerResponse>();
  readonly requests: string[] = [];
  /** A status with which every request is answered. */
  broken: number | undefined;
  readonly #server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url.split('?')[0]}`);
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (this.broken !== undefined) return void send(this.broken, { message: 'busy' });
    if (url.startsWith('/events')) {
      response.writeHead(200).flushHeaders();
      this.#streams.add(response);
      return;
    }
    if (url.startsWith('/containers/json')) {
      const list = [...this.#containers].map(([Id, one]) => ({
        Id,
        Labels: (one['Config'] as { Labels: object }).Labels,
      }));
      return void send(200, list);
    }
    const found = this.#containers.get(url.split('/')[2] ?? '');
    return void send(found ? 200 : 404, found ?? { message: 'no such container' });
  });

  async open(): Promise<this> {
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
    return this;
  }

  set(id: string, change: Change = {}): void {
    this.#containers.set(id, {
      Id: id,
      Name: `/${change.name ?? 'web-1'}`,
      Config: {
        Image: 'nginx',
        Labels: change.labels ?? { 'rollcall.service': 'web' },
        ExposedPorts: { '80/tcp': {} },
      },
      HostConfig: { NetworkMode: 'bridge' },
      State: {
        Status: change.status ?? 'running',
        Pid: change.pid ?? 0,
        ExitCode: change.exitCode ?? 0,
        ...(change.health && { Health: change.health }),
      },
      NetworkSettings: {
        Ports: change.ports ?? { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] },
        Networks: change.networks ?? { bridge: { IPAddress: '172.17.0.2' } },
      },
    });
  }

  /** A container as an engine of another version may describe it. */
  setRaw(id: string, container: unknown, labels: unknown = { 'rollcall.service': 'web' }): void {
    this.#containers.set(id, { ...(container as object), Config: { Labels: labels } });
  }

  remove(id: string): void {
    this.#containers.delete(id);
  }

  emit(id: string, action: string, signal?: string): void {
    const event = {
      Type: 'container',
      Action: action,
      Actor: { ID: id, Attributes: { ...(signal && { signal }) } },
    };
    for (const stream of this.#streams) stream.write(`${JSON.stringify(event)}\n`);
  }

  write(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.path, { force: true });
  }
}
