import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { codeBlock } from '../harness/code-block.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { backend } from './support/haproxy.ts';
import { traffic, untilAnswered } from './support/traffic.ts';

const world = withServer();
const page = 'docs/how-to/write-files.md';

test('nginx follows the file of the documentation, and loses no request when an instance leaves', async (context) => {
  const nginx = await programFor(context, 'nginx');
  await using directory = await temporaryDirectory();
  await using fleet = await world.fleet();
  await using stack = new AsyncDisposableStack();
  const names = ['one', 'two'];
  const backends = await Promise.all(names.map(backend));
  for (const one of backends) stack.use(one);
  const [port = 0] = await freePorts(1);
  await mkdir(join(directory.path, 'logs'));
  const config = await codeBlock(page, 'nginx');
  const main = `daemon off; pid ${directory.path}/nginx.pid; error_log stderr;\n${
    process.getuid?.() === 0 ? 'user root;\n' : ''
  }`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${directory.path}/${name};\n`)
    .join('');
  const here = (text: string) =>
    text
      .replaceAll('/etc/nginx', directory.path)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
      .replace('http {\n', `http {\n  access_log off;\n${temporary}`);
  const file = join(directory.path, 'rollcall.conf');
  const included = `${directory.path}/rollcall.conf`;
  await writeFile(join(directory.path, 'nginx.conf'), main + here(config));
  const check = main + here(config).replace(`include ${included};`, `include ${included}.new;`);
  await writeFile(join(directory.path, 'check.conf'), check);
  await writeFile(file, 'upstream web { server 127.0.0.1:1 down; }\n');

  const programme = `${nginx.path} -p ${directory.path} -e stderr`;
  const command = (await codeBlock(page, 'sh')).trim();
  const [, before = '', checked = '', ran = ''] =
    /^rollcall (.*) --check '(.*)' --exec '(.*)'$/.exec(command) ?? [];
  const withProgram = (text: string) =>
    here(text)
      .replace(/^nginx/, programme)
      .replace('-s reload', `-c ${directory.path}/nginx.conf -s reload`);
  const server = stack.use(
    runProgram(nginx, [
      '-p',
      directory.path,
      '-e',
      'stderr',
      '-c',
      join(directory.path, 'nginx.conf'),
    ]),
  );
  const args = [
    ...here(before).split(' '),
    '--check',
    withProgram(checked),
    '--exec',
    withProgram(ran),
  ];
  const instances = backends.map((of, n) => ({
    ...{ service: 'web', id: `${n}`, address: '127.0.0.1', port: portOf(of) },
  }));
  const hostile = { service: 'web', id: 'x', address: '127.0.0.1; } evil', port: 80 };
  const [first] = instances;
  if (!first) throw new Error('there are two');
  const driver = fleet.start(args, nginx.env);
  const [, leaving] = await Promise.all([
    driver.ready,
    fleet.serving('h2', 'b', instances.slice(1), ['--drain', '4s']),
    fleet.serving('h1', 'a', [first, hostile]),
  ]);
  await untilAnswered(port, names).catch((cause) => {
    throw new Error(`${server.output}\n${driver.stderr}`, { cause });
  });
  const load = traffic(port);
  leaving.process.kill('SIGTERM');
  await until('only one answers', async () => {
    return !(await readFile(file, 'utf8')).includes(`:${portOf(backends[1] as never)};`);
  });
  await leaving.process.exited;
  await load[Symbol.asyncDispose]();
  expect(load.answers.get('failed')).toBeUndefined();
  expect(await readFile(file, 'utf8')).toBe(
    `upstream web {\n  server 127.0.0.1:${first.port};\n}\n`,
  );
}, 120_000);
