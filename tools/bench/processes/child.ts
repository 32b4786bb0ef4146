import process from 'node:process';
import type { Access } from '../environment/access.ts';
import { collect } from './collect.ts';
import type { Job, JobName, JobResult, Jobs } from './job.ts';
import { join } from './join.ts';
import { keepAgents } from './keep-agents.ts';
import { keepLeases } from './keep-leases.ts';
import { readBare, readEtcd } from './read-bare.ts';
import { readDirectory } from './read-directory.ts';
import { readFile } from './read-file.ts';
import { register } from './register.ts';
import { renew } from './renew.ts';
import { renewFleet } from './renew-fleet.ts';
import { replay } from './replay.ts';
import { replayAt } from './replay-at.ts';
import { answerUdp, serveDns } from './services/answer-dns.ts';
import { attach } from './services/attach.ts';
import { keepApi } from './services/keep-api.ts';
import { keepContainers } from './services/keep-containers.ts';
import { keepService } from './services/keep-service.ts';
import { syncHaproxy } from './services/sync-haproxy.ts';
import { verifyFile } from './verify-file.ts';
import { watchChange } from './watch-change.ts';
import { watchFleet } from './watch-fleet.ts';
import { writeHistory } from './write-history.ts';

/** The path of this file, for {@link import('./worker.ts').startWorker}. */
export const childScript = import.meta.filename;

type Work<N extends JobName> = (
  access: Access,
  task: Jobs[N]['task'],
) => Promise<Jobs[N]['answer']>;

const works: { readonly [N in JobName]: Work<N> } = {
  'keep-agents': keepAgents,
  'keep-service': keepService,
  'keep-api': keepApi,
  attach,
  'sync-haproxy': syncHaproxy,
  'keep-containers': keepContainers,
  'serve-dns': serveDns,
  'answer-udp': answerUdp,
  collect,
  'renew-fleet': renewFleet,
  'watch-fleet': watchFleet,
  'read-directory': readDirectory,
  'read-bare': readBare,
  'read-etcd': readEtcd,
  'watch-change': watchChange,
  renew,
  register,
  join,
  'keep-leases': keepLeases,
  replay,
  'write-history': writeHistory,
  'verify-file': verifyFile,
  'read-file': readFile,
  'replay-at': replayAt,
};

async function work({ name, access, task }: Job): Promise<void> {
  const report = (result: JobResult) => void process.send?.(result);
  try {
    report({ answer: await (works[name] as Work<JobName>)(access, task) });
  } catch (cause) {
    report({ failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  }
}

if (process.argv[1] === childScript) {
  // Ctrl-C reaches the whole process group. Ignore it: the parent ends this process or has exited.
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit());
  process.once('message', (job) => void work(job as Job));
}
