#!/usr/bin/env node
// The command of the package. It has only syntax and imports of old versions of Node, so that these can say
// which version is needed: the rest of the program does not even load there.
const oldest = 24;
const found = process.versions.node;

if (Number.parseInt(found, 10) < oldest) {
  process.stderr.write(
    `rollcall: Node ${oldest} or newer is needed; this is Node ${found} (${process.execPath}).\n` +
      'Install a newer Node: https://nodejs.org/\n',
  );
  process.exitCode = 2;
} else {
  await import('./main.ts');
}
