import type { PatientEvents } from '../../composition/open-endpoint.ts';
import { Fault } from '../../domain/fault.ts';
import { escapeControls } from './escape-terminal.ts';
import type { Terminal } from './io.ts';

/**
 * Prints where an endpoint listens, or why it cannot. `isPrinted`: another line has the address if the first attempt
 * succeeds, as `ready` has with --json. `name`: as in "metrics at http://127.0.0.1:9464".
 */
export function endpointLines(
  name: string,
  isPrinted: boolean,
  { err, palette }: Pick<Terminal, 'err' | 'palette'>,
): PatientEvents {
  let hasFailed = false;
  return {
    onFailure(cause, isFirst) {
      hasFailed = true;
      if (!isFirst) return;
      const hint = cause instanceof Fault && cause.hint !== undefined ? ` (${cause.hint})` : '';
      const why = cause instanceof Error ? cause.message : String(cause);
      err(escapeControls(`no ${name}: ${why}${hint}; everything else goes on; retrying`));
    },
    onOpen(url) {
      if (!isPrinted || hasFailed) err(palette.dim(`${name} at ${escapeControls(url)}`));
    },
  };
}
