// Makes the logins of compose.yaml, once; each container gets the volume with its own. Called with ROLE/NAME[=SERVICES] of
// each login. A login that is added later: name it in compose.yaml, then
//   docker compose up access && docker compose kill --signal HUP nats && docker compose kill --signal HUP nats
import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, readdirSync, writeFileSync } from 'node:fs';

const namespace = 'default';
const rollcall = (...args) =>
  execFileSync(
    process.execPath,
    ['/opt/rollcall/dist/src/cli/main.js', 'access', ...args, '--dir', '/access'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );

rollcall('init', '--servers', process.env.NATS_URL, '--server-config', '/server/nats-access.conf');
writeFileSync(
  '/server/nats-server.conf',
  'jetstream { store_dir: /data }\ninclude ./nats-access.conf\n',
);
for (const login of ['deploy/deploy', ...process.argv.slice(2)]) {
  const [, role, name, services] = /^(\w+)\/([\w-]+)(?:=(.*))?$/.exec(login);
  if (role !== 'deploy') rollcall('add', role, name, ...(services ? ['--services', services] : []));
  const volume = `/logins/${role}-${name}`;
  cpSync(`/access/logins/${namespace}/${role}-${name}`, volume, { recursive: true });
  // The other containers have no root.
  for (const file of ['.', ...readdirSync(volume)]) chownSync(`${volume}/${file}`, 1000, 1000);
}
console.log('the logins are made');
