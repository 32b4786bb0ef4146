import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureStore } from '../../../src/composition/access/secure-store.ts';
import { localLoginFolder } from '../../../src/composition/store/local-members.ts';
import { offerLocalAccess } from '../../../src/composition/store/offer-local-login.ts';
import { HostId, Namespace } from '../../../src/domain/identity/names.ts';

const namespace = Namespace.parse('default');
const host = HostId.parse('h1');
const url = 'nats://127.0.0.1:4999';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rollcall-secure-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const found = (role: 'agent' | 'operator', more: { host?: string; namespace?: Namespace } = {}) =>
  localLoginFolder([url], join(home, 'servers'), { namespace, role, ...more });

describe('the logins of a server that rollcall up --secure runs', () => {
  it('are found by role, and those of agents by host', async () => {
    const { folder } = await secureStore(join(home, 'nats'), { namespace, host });
    const place = { folder: join(home, 'servers'), pid };
    const logins = join(folder, 'logins', 'default');
    {
      await using _ = await offerLocalAccess({ port: 4999 }, { access: folder, host }, place);
      expect(found('operator')).toBe(join(logins, 'operator-local'));
      expect(found('agent')).toBe(join(logins, 'agent-h1'));
      expect(found('agent', { host: 'h2' })).toBeUndefined();
      expect(found('agent', { namespace: Namespace.parse('other') })).toBeUndefined();
    }
    expect(found('operator')).toBeUndefined();
  });
});
