import { expect, test } from 'vitest';
import { checkInboxPrefix, isInbox } from '../../../../src/adapters/nats/connection/inbox.ts';

test.each(['_INBOX.a', '_INBOX_agent-h1.a.b', '_INBOX_agent-h=2E1.a', '_R_.x7.y'])(
  '%s is an inbox',
  (subject) => {
    expect(isInbox(subject)).toBe(true);
  },
);

test.each([
  '$KV.rollcall_x_registry.agent.h2.a',
  '$JS.API.STREAM.PURGE.x',
  '_INBOX',
  '_R_',
  'x._R_.a',
  '_RX_.a',
  '_INBOX_*.a',
  '',
])('%j is not an inbox', (subject) => {
  expect(isInbox(subject)).toBe(false);
});

test.each(['MY_INBOX', '_INBOX.', '_INBOX.>', '_INBOX_a b', '$KV'])(
  '%j is refused as the prefix of inboxes',
  (prefix) => {
    expect(() => checkInboxPrefix(prefix)).toThrow('the inbox prefix must be _INBOX');
  },
);
