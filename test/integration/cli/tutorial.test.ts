import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Network and processes of its own: nothing outlives the shell. */
const apart = ['-rnmpf', '--mount-proc', '--kill-child'];
const mostTime = 300_000;

/** The commands of the tutorial, block by block, as printed. */
async function commandsOfTutorial(): Promise<readonly string[]> {
  const page = await readFile(join(checkout, 'docs/tutorial/killed-agent.md'), 'utf8');
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/**
 * One shell that follows the tutorial: a network of its own, so that the ports of the tutorial are free, and a home
 * directory that is empty. `asks` repeats a command until its output is as the page says.
 */
const script = ([prepare = '', up = '', register = '', look = '', ...rest]: readonly string[]) => {
  const [kill = '', explain = '', ask = '', read = ''] = rest;
  return `
set -u; shopt -s expand_aliases; ip link set lo up
asks() { for _ in $(seq 120); do out=$(eval "$1" 2>&1); [[ $out == *"$2"* ]] && return; sleep 0.5; done; echo "never: $1: $2: $out"; exit 1; }
cd '${checkout}'
${prepare.replace('npm ci\n', '')}
cd "$HOME"
${up.trim()} > up.log 2>&1 & up=$!
trap 'kill -9 $up $(cat agent.pid) 2> /dev/null' EXIT
asks 'rollcall agents' 'no agent is registered'
${register}
asks '${look.trim()}' '● live'
${look}
${kill}
asks 'rollcall ps' dubious
echo '== dubious'; ${explain}
asks 'rollcall why web/web-1' 'is not registered'
echo '== removed'; ${ask}
echo '== read'; ${read}
echo "== verified $?"
kill -INT $up; wait $up; echo "== stopped $?"
`;
};

test(
  'the tutorial works as printed, with an empty home directory',
  async () => {
    const blocks = await commandsOfTutorial();
    expect(blocks.map((block) => block.split('\n')[0])).toEqual([
      ...['npm ci', 'rollcall up', "cat > instances.yaml <<'EOF'", 'rollcall ps'],
      ...['kill -9 $(cat agent.pid)', expect.stringMatching(/^rollcall why web\/web-1/)],
      ...['rollcall ps', 'rollcall audit show web/web-1'],
    ]);
    const home = await mkdtemp(join(tmpdir(), 'rollcall-tutorial-'));
    try {
      const child = spawn('unshare', [...apart, 'bash', '-c', script(blocks)], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: mostTime - 10_000,
        killSignal: 'SIGKILL',
        env: {
          HOME: home,
          PATH: process.env['PATH'],
          ROLLCALL_NATS_SERVER: process.env['ROLLCALL_NATS_SERVER'],
        },
      });
      const [out, err, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      const part = (name: string) => out.split(`== ${name}`)[1]?.split('== ')[0] ?? '';
      expect([code, out], err).toEqual([0, expect.not.stringContaining('never:')]);
      expect(part('dubious')).toMatch(/web\/web-1 .* is dubious/s);
      expect(part('dubious')).toMatch(/TARGET +REASON .*\/shop/s);
      expect(part('removed')).toMatch(/is not registered: the\s+collector\s+in/);
      expect(part('read')).toMatch(/registered +serving[\s\S]*owner-expired/);
      expect(out).toContain('== verified 0');
      expect(out).toContain('== stopped 0');
    } finally {
      await rm(home, { recursive: true, maxRetries: 20 });
    }
  },
  mostTime,
);
