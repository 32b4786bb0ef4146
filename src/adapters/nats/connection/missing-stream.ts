import { Fault } from '../../../domain/fault.ts';

/** A stream of the namespace does not exist: deleted, or the server lost its disk. */
export class MissingStream extends Fault {
  constructor(message: string) {
    super('store-misconfigured', message, {
      hint: 'the stream may have been deleted; `rollcall doctor` lists what is missing',
    });
  }
}

export const missingStream = (stream: string): MissingStream =>
  new MissingStream(`stream ${stream} is missing`);
