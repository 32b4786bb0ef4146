import { afterAll, beforeAll } from 'vitest';
import { type RollcallProcess, rollcall } from '../../integration/harness/processes.ts';

/** The address that `rollcall ui --json` prints. */
export async function addressOf(process: RollcallProcess): Promise<string> {
  return String((await process.ready)['dashboard']);
}

/** One dashboard over a recording for the tests of a file. By default the shipped sample. */
export function withRecording(of: readonly string[] = ['--sample']): { at(hash?: string): string } {
  let running: RollcallProcess | undefined;
  let address = '';
  beforeAll(async () => {
    running = rollcall(['ui', ...of, '--port', '0', '--json']);
    address = await addressOf(running);
  });
  afterAll(() => running?.[Symbol.asyncDispose]());
  return { at: (hash = '') => address + hash };
}
