import { expect, test } from 'vitest';
import { operatorIdentity } from '../../../src/cli/session/operator.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';

const servers = ['nats://127.0.0.1:4222'];
const settings = { host: HostId.parse('desk'), stateDir: undefined, as: undefined, servers };
const alice = { USER: 'alice' };

test.each([
  ['the option', { as: AgentName.parse('eve'), user: 'ops' }, alice, 'eve'],
  ['the NATS user', { user: 'ops' }, alice, 'ops'],
  ['the NATS user, also under sudo', { user: 'ops' }, { SUDO_USER: 'alice' }, 'ops'],
  ['the user in the address', { servers: ['nats://ops:secret@db-1:4222'] }, alice, 'ops'],
  ['the login of rollcall access', { inboxPrefix: '_INBOX_operator-b=2Eo' }, alice, 'b.o'],
  [
    'the user, with the shared login of up',
    { inboxPrefix: '_INBOX_operator-local' },
    alice,
    'alice',
  ],
  ['the user, with another inbox', { inboxPrefix: '_INBOX_operator-=zz' }, alice, 'alice'],
  ['the user, with a token', { servers: ['nats://secret@db-1:4222'] }, alice, 'alice'],
  ['who called sudo', {}, { USER: 'root', SUDO_USER: 'alice' }, 'alice'],
  ['the login name of the system', {}, { LOGNAME: 'alice' }, 'alice'],
  ['operator, if nobody is known', {}, { USER: '' }, 'operator'],
  ['operator, if the user is no name', {}, { USER: 'a\u0007' }, 'operator'],
])('the audit records %s', async (_, given, env, name) => {
  const actor = await operatorIdentity({ ...settings, ...given }, { env });
  expect(actor).toMatchObject({ host: 'desk', agent: name });
});
