import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import {
  buildImage,
  buildNatsImage,
  buildShippedImage,
  composeCommand,
  needEngine,
} from '../harness/engine.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';

const run = promisify(execFile);
const images = { nats: 'rollcall-test/nats', haproxy: 'rollcall-test/haproxy' };
const token = 'token-of-the-dashboard-of-this-test-0123456789';

test('the compose file that ships serves through HAProxy, also after one of two services was killed', async (context) => {
  await needEngine(context);
  const [docker, ...first] = await composeCommand(context);
  const haproxy = await programFor(context, 'haproxy');
  const [rollcall] = await Promise.all([
    buildShippedImage(),
    buildNatsImage(images.nats),
    buildImage(images.haproxy, { programs: { '/usr/bin/haproxy': haproxy } }),
  ]);
  const [web = 0, ui = 0] = await freePorts(2);
  const project = ['--project-name', `rollcall-test-${process.pid}`];
  const env = {
    ...process.env,
    ...{ ROLLCALL_IMAGE: rollcall, NATS_IMAGE: images.nats, HAPROXY_IMAGE: images.haproxy },
    ...{ ROLLCALL_UI_TOKEN: token, ROLLCALL_WEB_PORT: `${web}`, ROLLCALL_UI_PORT: `${ui}` },
  };
  const compose = async (...args: readonly string[]) => {
    const all = [...first, '--file', 'deploy/docker/compose.yaml', ...project, ...args];
    return (await run(docker, all, { env, maxBuffer: 1e8 })).stdout;
  };
  const ask = async () => {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(`http://127.0.0.1:${web}/`, { signal }).catch(() => undefined);
    return response?.ok ? (await response.text()).trim() : undefined;
  };
  try {
    await compose('up', '--detach', '--no-build');
    const answered = new Set<string | undefined>();
    const both = async () => answered.add(await ask()).has('web-1') && answered.has('web-2');
    await until('both services answer', both, 120_000);

    await compose('kill', 'web-1');
    let failed = 0;
    let inARow = 0;
    const onlyTheOther = async () => {
      const answer = await ask();
      if (answer === undefined) failed += 1;
      inARow = answer === 'web-2' ? inARow + 1 : 0;
      return inARow >= 20;
    };
    await until('only web-2 answers', onlyTheOther, 60_000);
    expect(failed).toBeLessThan(3);

    const at = `http://127.0.0.1:${ui}/api/hello`;
    expect((await fetch(at)).status).toBe(401);
    const hello = await fetch(at, { headers: { authorization: `Bearer ${token}` } });
    expect(await hello.json()).toMatchObject({ mode: 'live' });

    // Nobody enters without a login, and a login has the rights of its role only.
    const inWeb2 = (...args: readonly string[]) => compose('exec', '-T', 'web-2', ...args);
    const program = ['node', '/opt/rollcall/dist/src/cli/main.js'];
    const withoutLogin = ['env', '-u', 'ROLLCALL_LOGIN', ...program];
    await expect(
      inWeb2(...withoutLogin, 'ps', '--servers', 'nats://nats:4222'),
    ).rejects.toMatchObject({ stderr: expect.stringContaining('refused the login') });
    await expect(inWeb2(...program, 'hold', 'web-1', '--for', '1m')).rejects.toMatchObject({
      stderr: expect.stringContaining('may not'),
    });
  } catch (cause) {
    throw new Error(await compose('logs', '--no-color', '--tail', '30'), { cause });
  } finally {
    await compose('down', '--volumes', '--timeout', '5');
  }
}, 900_000);
