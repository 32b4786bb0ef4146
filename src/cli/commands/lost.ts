import { command } from '../command/command.ts';
import { source } from '../command/settings/history.ts';
import { listLost } from '../losses/list-lost.ts';

export const lost = command({
  name: 'lost',
  summary:
    'list the agents that were declared dead and did not come back, and what was lost with them',
  settings: source,
  examples: [
    ['rollcall lost', 'what each zone and each service lost, since when, and what is left'],
    ['rollcall lost ack all', 'these losses are known and need no attention any more'],
    ['rollcall lost --file audit.ndjson.gz', 'by a file of audit export; no server is needed'],
  ],
  run: async ({ settings, io }) => listLost(settings, io, 'lost'),
});
