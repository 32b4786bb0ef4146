import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** One window of Firefox, over WebDriver BiDi. Playwright needs a Firefox of its own; this is the installed one. */
export interface Firefox extends AsyncDisposable {
  go(address: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression is true in the page. */
  until(expression: string): Promise<void>;
  press(keys: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  picture(path: string): Promise<void>;
  /** Errors and warnings of the pages, and failed requests. */
  readonly wrong: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly type: string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly message?: string;
}

const startsWithin = 60_000;
const soon = 30_000;

/** The version of the installed Firefox; undefined: there is none. */
export async function firefoxVersion(program = 'firefox-esr'): Promise<string | undefined> {
  const child = spawn(program, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await once(child, 'close').then(
    ([result]) => result,
    () => 1,
  );
  return code === 0 ? text.trim() : undefined;
}

export async function startFirefox(program = 'firefox-esr'): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), 'rollcall-firefox-'));
  const own = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const child = spawn(program, own, {
    env: { ...process.env, HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('Firefox does not listen')), startsWithin);
    child.once('exit', () => reject(new Error('Firefox ended')));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const [, found] = /BiDi listening on (ws:\S+)/.exec(text) ?? [];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  const wire = await connect(`${address}/session`);
  await wire.send('session.new', { capabilities: {} });
  const events = ['log.entryAdded', 'network.fetchError', 'network.responseCompleted'];
  await wire.send('session.subscribe', { events });
  const { contexts } = await wire.send('browsingContext.getTree', {});
  const { context } = (contexts as [{ context: string }])[0];
  const evaluate = async <T>(expression: string): Promise<T> => {
    const answer = await wire.send('script.evaluate', {
      ...{ expression: `Promise.resolve(${expression}).then(JSON.stringify)`, awaitPromise: true },
      target: { context },
    });
    const { value } = (answer['result'] ?? {}) as { value?: string };
    return (value === undefined ? undefined : JSON.parse(value)) as T;
  };
  return {
    wrong: wire.wrong,
    evaluate,
    async go(url) {
      await wire.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async until(expression) {
      const end = performance.now() + soon;
      while (!(await evaluate(`Boolean(${expression})`))) {
        if (performance.now() > end) throw new Error(`not within ${soon} ms: ${expression}`);
        await pause(100);
      }
    },
    async press(keys) {
      const actions = [...keys].flatMap((value) =>
        ['keyDown', 'keyUp'].map((type) => ({ type, value })),
      );
      const source = { type: 'key', id: 'keyboard', actions };
      await wire.send('input.performActions', { context, actions: [source] });
    },
    async resize(width, height) {
      await wire.send('browsingContext.setViewport', { context, viewport: { width, height } });
    },
    async picture(path) {
      const { data } = await wire.send('browsingContext.captureScreenshot', { context });
      await writeFile(path, Buffer.from(String(data), 'base64'));
    },
    async [Symbol.asyncDispose]() {
      wire.close();
      child.kill('SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

async function connect(address: string) {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (message: Message) => void>();
  const wrong: string[] = [];
  socket.onmessage = ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.id === undefined) wrong.push(...complaints(message));
    else waiting.get(message.id)?.(message);
  };
  let last = 0;
  return {
    wrong,
    close: () => socket.close(),
    async send(method: string, params: Fields): Promise<Fields> {
      last += 1;
      const id = last;
      const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { type, result = {}, message } = await answered;
      waiting.delete(id);
      if (type === 'error') throw new Error(`${method}: ${message}`);
      return result;
    },
  };
}

function complaints({ method, params = {} }: Message): readonly string[] {
  const { level, text, errorText, request, response } = params as {
    level?: string;
    text?: string;
    errorText?: string;
    request?: { url: string };
    response?: { status: number };
  };
  if (method === 'log.entryAdded') return level === 'error' || level === 'warn' ? [`${text}`] : [];
  // Aborted by the page itself: the answer is no longer needed.
  if (method === 'network.fetchError')
    return errorText === 'NS_BINDING_ABORTED' ? [] : [`${errorText} ${request?.url}`];
  // Firefox asks for it by itself.
  if (request?.url.endsWith('/favicon.ico')) return [];
  return (response?.status ?? 0) >= 400 ? [`${response?.status} ${request?.url}`] : [];
}
