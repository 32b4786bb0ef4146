import {
  type PlannedAccount,
  type PlannedUser,
  planAccounts,
  systemAccount,
} from './account-plan.ts';
import type { Member } from './member.ts';

/**
 * The accounts and users of a server, as a part of its configuration. It contains public keys only: the
 * secret halves are in the files of the members.
 */
export function accessConfig(members: readonly Member[], systemKeys: readonly string[]): string {
  const accounts = planAccounts(members, systemKeys, (name) => name);
  return `# Made by \`rollcall access\`; changes are overwritten.
accounts {
${accounts.map(accountText).join('')}}
system_account: ${systemAccount}
`;
}

const accountText = ({ name, hasStreams, users, exports, imports }: PlannedAccount): string =>
  [
    `  ${quoted(name)} {`,
    ...(hasStreams ? ['    jetstream: enabled'] : []),
    ...list(
      'users',
      users.flatMap((user) => user.keys.map((key) => userText(user, key))),
    ),
    ...list(
      'exports',
      exports.map(
        ({ kind, subject, accounts }) =>
          `{ ${kind}: ${quoted(subject)}, accounts: [${accounts.map(quoted).join(', ')}] }`,
      ),
    ),
    ...list(
      'imports',
      imports.map(
        ({ kind, subject, from }) =>
          `{ ${kind}: { account: ${quoted(from)}, subject: ${quoted(subject)} } }`,
      ),
    ),
    '  }\n',
  ].join('\n');

function userText({ publish, subscribe, allowResponses }: PlannedUser, key: string): string {
  const subjects = (all: readonly string[]) => `{ allow: [${all.map(quoted).join(', ')}] }`;
  const responses = allowResponses ? ', allow_responses: true' : '';
  return `{ nkey: ${key}, permissions: { publish: ${subjects(publish)}, subscribe: ${subjects(subscribe)}${responses} } }`;
}

const list = (what: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`    ${what}: [`, ...items.map((item) => `      ${item}`), '    ]'];

/** Names and subjects have no quotes or backslashes: both are encoded. */
const quoted = (text: string): string => `"${text}"`;
