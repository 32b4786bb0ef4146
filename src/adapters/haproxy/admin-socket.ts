import { connect, type Socket } from 'node:net';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';

const within: Millis = seconds(3);
/** A line must fit into a buffer of HAProxy, 16 kB by default. */
const longestLine = 8 * 1024;
const longestAnswer = 16 * 1024 * 1024;

/** Groups commands into lines that HAProxy accepts. */
export function linesOf(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    if (last === undefined || last.length + command.length + 1 > longestLine) lines.push(command);
    else lines[lines.length - 1] = `${last};${command}`;
  }
  return lines;
}

/**
 * Sends commands to the admin socket and returns the whole answer.
 * @throws {Fault} `store-unavailable`: HAProxy does not answer on the socket
 */
export async function runCommands(path: string, commands: readonly string[]): Promise<string> {
  let answer = '';
  for (const line of linesOf(commands)) answer += await ask(path, line);
  return answer;
}

function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket: Socket = connect(path);
    const fail = (why: string) => {
      socket.destroy();
      reject(
        new Fault('store-unavailable', `HAProxy does not answer on ${path}: ${why}`, {
          hint: 'the global section of haproxy.cfg needs: stats socket PATH level admin; run this as a user that may open it',
        }),
      );
    };
    socket.setEncoding('utf8').setTimeout(within, () => fail(`no answer within ${within} ms`));
    socket.on('error', (error) => fail(error.message));
    socket.on('data', (text) => {
      answer += text;
      if (answer.length > longestAnswer) fail('the answer is too long');
    });
    socket.on('end', () => resolve(answer));
    socket.write(`${line}\n`);
  });
}
