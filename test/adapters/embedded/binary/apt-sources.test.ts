import { expect, test } from 'vitest';
import {
  mirrorsOf,
  readOneLineSources,
  readStanzaSources,
} from '../../../../src/adapters/embedded/binary/apt-sources.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

test('one-line sources give their mirrors, with the key file of each', () => {
  const text = `
# deb http://commented.example/debian bookworm main
deb http://plain.example/debian bookworm main contrib
deb [ arch=amd64 signed-by=${keyring} ] https://signed.example/debian bookworm main
  deb\thttp://tabs.example/debian\tbookworm\tmain
deb-src http://sources.example/debian bookworm main
deb [trusted=yes] http://trusted.example/debian bookworm main
debris http://other.example/debian bookworm main
deb http://half.example/debian
`;
  expect(readOneLineSources(text)).toEqual([
    { uri: 'http://plain.example/debian', signedBy: undefined },
    { uri: 'https://signed.example/debian', signedBy: keyring },
    { uri: 'http://tabs.example/debian', signedBy: undefined },
    { uri: 'http://trusted.example/debian', signedBy: undefined },
  ]);
});

test('stanza sources give their mirrors, with the key file of each', () => {
  const text = `Types: deb deb-src
# a comment in the middle
URIs: http://one.example/debian http://two.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: ${keyring}

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
   
types: deb
uris:
 http://three.example/debian
 http://four.example/debian
suites: bookworm
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEYCQjIxYJKwYBBAHaRw8BAQdAD
 -----END PGP PUBLIC KEY BLOCK-----
`;
  expect(readStanzaSources(text)).toEqual([
    { uri: 'http://one.example/debian', signedBy: keyring },
    { uri: 'http://two.example/debian', signedBy: keyring },
    { uri: 'http://three.example/debian', signedBy: undefined },
    { uri: 'http://four.example/debian', signedBy: undefined },
  ]);
});

test('nothing is read from an empty file in either format', () => {
  expect([...readOneLineSources(''), ...readStanzaSources('')]).toEqual([]);
});

test('each mirror is asked once, a disc and the security archive never', () => {
  const uris = [
    'cdrom:[Debian GNU/Linux 13]/',
    'http://a.example/debian',
    'http://security.example/debian-security',
    'http://b.example/debian',
    'http://a.example/debian',
  ];
  const mirrors = mirrorsOf(uris.map((uri) => ({ uri, signedBy: undefined })));
  expect(mirrors.map(({ uri }) => uri)).toEqual([
    'http://a.example/debian',
    'http://b.example/debian',
  ]);
});
