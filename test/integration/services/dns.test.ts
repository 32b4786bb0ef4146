import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { codeBlock } from '../harness/code-block.ts';
import { rollcall } from '../harness/processes.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { backend, startHaproxy } from './support/haproxy.ts';
import { untilAnswered } from './support/traffic.ts';

const world = withServer();
const run = promisify(execFile);
const names = ['one', 'two', 'three'];
const page = 'docs/how-to/serve-over-dns.md';

describe('rollcall serve --dns', () => {
  test('is understood by dig, dnsmasq and unbound, with 200 SRV records too', async (context) => {
    const dig = await programFor(context, 'dig');
    const dnsmasq = await programFor(context, 'dnsmasq');
    const unbound = await programFor(context, 'unbound');
    await using directory = await temporaryDirectory();
    await using fleet = await world.fleet();
    const many = Array.from({ length: 200 }, (_, n) => ({
      ...{ service: 'many', id: `${n}`, address: `10.0.1.${n}`, port: 80 },
    }));
    const hostile = { service: 'web', id: '2', address: '10.0.0.1; evil', port: 80 };
    const web = { service: 'web', id: '1', address: '10.0.0.7', port: 8080 };
    const { process: agent } = await fleet.serving('h1', 'a', [web, hostile, ...many]);
    const [dnsPort = 0, maskPort = 0, boundPort = 0] = await freePorts(3);
    const serve = fleet.start(['serve', '--dns', `${dnsPort}`]);
    await serve.ready;
    const ask = async (port: number, ...more: readonly string[]) => {
      const args = ['-p', `${port}`, '@127.0.0.1', '+tries=1', '+time=2', ...more];
      const { stdout } = await run(dig.path, args, {
        env: { ...process.env, ...dig.env },
      });
      return stdout;
    };
    const short = async (port: number, ...more: readonly string[]) =>
      (await ask(port, '+short', ...more)).trim();
    await until('the instance is in DNS', async () => {
      return (await short(dnsPort, 'web.service.rollcall')) === '10.0.0.7';
    });
    expect(await short(dnsPort, '_web._tcp.service.rollcall', 'SRV')).toBe(
      '1 256 8080 0a000007.addr.rollcall.',
    );
    expect(await ask(dnsPort, 'none.service.rollcall')).toContain('status: NXDOMAIN');
    expect(await ask(dnsPort, 'example.com')).toContain('status: REFUSED');
    const large = await short(dnsPort, '_many._tcp.service.rollcall', 'SRV');
    expect(large.split('\n')).toHaveLength(200);
    const cut = await ask(
      dnsPort,
      '+ignore',
      '+bufsize=1232',
      '_many._tcp.service.rollcall',
      'SRV',
    );
    expect(cut).toMatch(/flags: qr aa tc/);

    const here = (text: string) => text.replaceAll('8600', `${dnsPort}`);
    const maskConfig = join(directory.path, 'dnsmasq.conf');
    await writeFile(maskConfig, here(await codeBlock(page, 'dnsmasq')));
    await using mask = runProgram(dnsmasq, [
      ...['--keep-in-foreground', `--conf-file=${maskConfig}`, `--port=${maskPort}`, '--no-resolv'],
      ...[
        '--listen-address=127.0.0.1',
        '--bind-interfaces',
        '--no-hosts',
        '--user=root',
        '--pid-file=',
      ],
    ]);
    const boundConfig = join(directory.path, 'unbound.conf');
    const own = [
      `server:\n  interface: 127.0.0.1@${boundPort}\n  directory: "${directory.path}"`,
      '  chroot: ""\n  username: ""\n  pidfile: ""\n  use-syslog: no\n',
      'remote-control:\n  control-enable: no\n',
    ];
    await writeFile(boundConfig, own.join('\n') + here(await codeBlock(page, 'unbound')));
    await using bound = runProgram(unbound, ['-d', '-c', boundConfig]);
    for (const [port, program] of [
      [maskPort, mask],
      [boundPort, bound],
    ] as const) {
      const all = async () => {
        const answer = await short(port, 'web.service.rollcall').catch(() => '');
        return answer === '10.0.0.7' ? answer : undefined;
      };
      await until('the resolver forwards', all).catch(() => {
        throw new Error(program.output);
      });
      expect(await short(port, '_web._tcp.service.rollcall', 'SRV')).toContain('8080');
      const srv = await short(port, '_many._tcp.service.rollcall', 'SRV');
      expect(srv.split('\n')).toHaveLength(200);
    }

    agent.kill('SIGTERM');
    await agent.exited;
    await until('what left is gone', async () => {
      return (await ask(dnsPort, 'web.service.rollcall')).includes('status: NXDOMAIN');
    });
    await until('the resolver says so too', async () => {
      return (await short(maskPort, 'web.service.rollcall')) === '';
    });
  }, 300_000);

  test('fills the servers of HAProxy, and answers SERVFAIL while nothing is known', async (context) => {
    const [balancer, dig] = [
      await programFor(context, 'haproxy'),
      await programFor(context, 'dig'),
    ];
    await using directory = await temporaryDirectory();
    await using fleet = await world.fleet();
    await using stack = new AsyncDisposableStack();
    const backends = await Promise.all(names.map(backend));
    for (const one of backends) stack.use(one);
    const [dnsPort = 0, unknown = 0] = await freePorts(2);
    const documented = await codeBlock(page, 'haproxy');
    const [resolvers = '', servers = ''] = documented.split('\n\n');
    const haproxy = await startHaproxy(balancer, directory.path, (config) =>
      config
        .replace(/^backend web[\s\S]*/m, '')
        .concat(resolvers.replace('8600', `${dnsPort}`), '\n\n', servers),
    );
    stack.use(haproxy);
    const instances = backends.map((of, n) => ({
      ...{ service: 'web', id: `${n}`, address: '127.0.0.1', port: portOf(of) },
    }));
    const serve = fleet.start(['serve', '--dns', `${dnsPort}`]);
    await Promise.all([fleet.serving('h1', 'a', instances), serve.ready]);
    await untilAnswered(haproxy.port, names);

    const where = ['--servers', 'nats://127.0.0.1:9', '--namespace', fleet.namespace, '--json'];
    const second = stack.use(rollcall(['serve', '--dns', `${unknown}`, ...where]));
    await second.line(({ event }) => event === 'listening');
    const { stdout } = await run(
      dig.path,
      ['-p', `${unknown}`, '@127.0.0.1', 'web.service.rollcall'],
      {
        env: { ...process.env, ...dig.env },
      },
    );
    expect(stdout).toContain('status: SERVFAIL');
    // HAProxy keeps its servers although its resolver is gone.
    serve.kill('SIGKILL');
    await serve.exited;
    await pause(3000);
    await untilAnswered(haproxy.port, names);
  }, 120_000);
});
