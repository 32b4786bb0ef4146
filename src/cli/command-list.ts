import type { Command } from './command/command.ts';
import { accessAdd } from './commands/access/access-add.ts';
import { accessInit } from './commands/access/access-init.ts';
import { accessList } from './commands/access/access-list.ts';
import { accessPrint } from './commands/access/access-print.ts';
import { accessRevoke } from './commands/access/access-revoke.ts';
import { accessRotate } from './commands/access/access-rotate.ts';
import { agent } from './commands/agent.ts';
import { agents } from './commands/agents.ts';
import { auditAnchor } from './commands/audit-anchor.ts';
import { auditExport } from './commands/audit-export.ts';
import { auditReplay } from './commands/audit-replay.ts';
import { auditShow } from './commands/audit-show.ts';
import { auditTail } from './commands/audit-tail.ts';
import { auditVerify } from './commands/audit-verify.ts';
import { bench } from './commands/bench.ts';
import { collector } from './commands/collector.ts';
import { conform } from './commands/conform.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { gcPlan } from './commands/gc-plan.ts';
import { gcRemove } from './commands/gc-remove.ts';
import { gcRun } from './commands/gc-run.ts';
import { hold } from './commands/hold.ts';
import { hosts } from './commands/hosts.ts';
import { machinesDraw } from './commands/machines-draw.ts';
import { machinesList } from './commands/machines-list.ts';
import { machinesWatch } from './commands/machines-watch.ts';
import { namespaceCreate } from './commands/namespace-create.ts';
import { policy } from './commands/policy.ts';
import { policySet } from './commands/policy-set.ts';
import { ps } from './commands/ps.ts';
import { release } from './commands/release.ts';
import { repair } from './commands/repair.ts';
import { run } from './commands/run.ts';
import { serve } from './commands/serve.ts';
import { show } from './commands/show.ts';
import { syncFile } from './commands/sync-file.ts';
import { syncHaproxy } from './commands/sync-haproxy.ts';
import { ui } from './commands/ui.ts';
import { up } from './commands/up.ts';
import { watch } from './commands/watch.ts';
import { why } from './commands/why.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  demo,
  up,
  ui,
  ps,
  watch,
  agents,
  hosts,
  why,
  show,
  hold,
  release,
  policy,
  policySet,
  gcPlan,
  gcRun,
  gcRemove,
  auditTail,
  auditShow,
  auditReplay,
  auditVerify,
  auditAnchor,
  auditExport,
  machinesList,
  machinesDraw,
  machinesWatch,
  accessInit,
  accessAdd,
  accessList,
  accessRotate,
  accessRevoke,
  accessPrint,
  namespaceCreate,
  doctor,
  repair,
  bench,
  conform,
  agent,
  run,
  collector,
  serve,
  syncHaproxy,
  syncFile,
];
