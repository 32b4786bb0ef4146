import type { CommandEntry } from './command/command.ts';
import { operatorCommands } from './operator-commands.ts';

/** Every command, in the order of the help. */
export const commandIndex: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary:
      'run a demonstration of 30 seconds with real agents: one is killed, one is frozen, one leaves',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'up',
    summary:
      'run a nats-server with persistent data, a collector and the dashboard on this machine',
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    name: 'ui',
    summary: 'serve the dashboard: the fleet now and in the past, in a browser',
    load: async () => (await import('./commands/ui.ts')).ui,
  },
  {
    name: 'ps',
    summary: 'list instances with their state and the reason for it',
    load: async () => (await import('./commands/ps.ts')).ps,
  },
  {
    name: 'watch',
    summary: 'show instances, updated on every change; in a pipe, print one line per change',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    name: 'agents',
    summary: 'list agents, each with its current run and state; or those that are lost',
    load: async () => (await import('./commands/agents.ts')).agents,
  },
  {
    name: 'hosts',
    summary: 'list hosts; the state of a host is that of its healthiest agent',
    load: async () => (await import('./commands/hosts.ts')).hosts,
  },
  {
    name: 'why',
    summary:
      'explain the state of an instance, agent, service or host: cause, evidence and what happens next',
    load: async () => (await import('./commands/why.ts')).why,
  },
  {
    name: 'show',
    summary:
      'show the state machine of an agent, run or instance: current state and possible transitions',
    load: async () => (await import('./commands/show.ts')).show,
  },
  ...operatorCommands,
  {
    name: 'audit tail',
    summary:
      'show the last 20 transitions, of the fleet or of one entity; with --follow, new ones too',
    load: async () => (await import('./commands/audit-tail.ts')).auditTail,
  },
  {
    name: 'audit show',
    summary:
      'show the history of one agent, run or instance: each transition with time, actor and reason',
    load: async () => (await import('./commands/audit-show.ts')).auditShow,
  },
  {
    name: 'audit replay',
    summary: 'show the fleet at a past moment, or the changes between two moments',
    load: async () => (await import('./commands/audit-replay.ts')).auditReplay,
  },
  {
    name: 'audit verify',
    summary: 'replay the whole history and compare the result with the registry',
    load: async () => (await import('./commands/audit-verify.ts')).auditVerify,
  },
  {
    name: 'audit anchor',
    summary: 'write a digest of the history, to keep outside the store as evidence',
    load: async () => (await import('./commands/audit-anchor.ts')).auditAnchor,
  },
  {
    name: 'audit export',
    summary:
      'write the history to a file, which the other audit commands can read without a server',
    load: async () => (await import('./commands/audit-export.ts')).auditExport,
  },
  {
    name: 'audit limit',
    summary:
      'set the limits of the policy (retention) on the history, now and from now on; asks before it removes events',
    load: async () => (await import('./commands/audit-limit.ts')).auditLimit,
  },
  {
    name: 'machines list',
    summary: 'list the state machines with their hash; each event carries the hash of its machine',
    load: async () => (await import('./commands/machines-list.ts')).machinesList,
  },
  {
    name: 'machines draw',
    summary: 'draw a state machine as a picture, as Mermaid or Graphviz text, or as a tree',
    load: async () => (await import('./commands/machines-draw.ts')).machinesDraw,
  },
  {
    name: 'machines watch',
    summary: 'draw the machines of a file as SVG next to it, and again on every change',
    load: async () => (await import('./commands/machines-watch.ts')).machinesWatch,
  },
  {
    name: 'access init',
    summary: 'create accounts and logins with the least rights for a NATS server of your own',
    load: async () => (await import('./commands/access/access-init.ts')).accessInit,
  },
  {
    name: 'access add',
    summary:
      'add a login: of an agent (by its host), collector, consumer, operator, auditor or dashboard',
    load: async () => (await import('./commands/access/access-add.ts')).accessAdd,
  },
  {
    name: 'access list',
    summary: 'list the logins, and until when certificates are valid; no secrets',
    load: async () => (await import('./commands/access/access-list.ts')).accessList,
  },
  {
    name: 'access rotate',
    summary: 'give a login a new key; the previous key stays valid until --finish',
    load: async () => (await import('./commands/access/access-rotate.ts')).accessRotate,
  },
  {
    name: 'access renew',
    summary: 'replace the certificates of servers and logins; --ca replaces their authority',
    load: async () => (await import('./commands/access/access-renew.ts')).accessRenew,
  },
  {
    name: 'access revoke',
    summary: 'end a login at once: servers that reload close its connections and accept none',
    load: async () => (await import('./commands/access/access-revoke.ts')).accessRevoke,
  },
  {
    name: 'access print',
    summary: 'print the accounts as a part of the configuration of nats-server; no secrets',
    load: async () => (await import('./commands/access/access-print.ts')).accessPrint,
  },
  {
    name: 'namespace create',
    summary: 'create the streams of a namespace, and publish the state machines of this version',
    load: async () => (await import('./commands/namespace-create.ts')).namespaceCreate,
  },
  {
    name: 'namespace drop',
    summary: 'delete a namespace with its records and its history; shows what is deleted, and asks',
    load: async () => (await import('./commands/namespace-drop.ts')).namespaceDrop,
  },
  {
    name: 'context list',
    summary: 'list the contexts of rollcall and of the command nats; the current one has a *',
    load: async () => (await import('./commands/context/context-list.ts')).contextList,
  },
  {
    name: 'context add',
    summary: 'store the servers, the namespace and the login of this command line under a name',
    load: async () => (await import('./commands/context/context-add.ts')).contextAdd,
  },
  {
    name: 'context use',
    summary: 'make a context the current one, for commands without --servers; without a name: none',
    load: async () => (await import('./commands/context/context-use.ts')).contextUse,
  },
  {
    name: 'context rm',
    summary: 'remove a context; files that it names stay',
    load: async () => (await import('./commands/context/context-rm.ts')).contextRm,
  },
  {
    name: 'version',
    summary:
      'print the versions of this program, of Node and of the NATS server, and the namespace',
    load: async () => (await import('./commands/version.ts')).version,
  },
  {
    name: 'completion',
    summary:
      'print a script that completes commands, flags, their values and names in bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'doctor',
    summary: 'check the server, its streams and their contents; show problems and how to fix them',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'repair',
    summary:
      'show what registry and audit have lost, after a restore or a power cut; asks before it repairs and records the loss',
    load: async () => (await import('./commands/repair.ts')).repair,
  },
  {
    name: 'backup',
    summary:
      'copy registry and audit, as they are at one moment, into a folder while the fleet runs',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  {
    name: 'restore',
    summary:
      'bring a backup back, on the same server or on another; asks before it replaces anything',
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  {
    name: 'bench',
    summary: 'measure Rollcall and the bare server on this machine (only in a checkout)',
    load: async () => (await import('./commands/bench.ts')).bench,
  },
  {
    name: 'conform',
    summary: 'run an agent in another language, disturb it, and check each rule of the protocol',
    load: async () => (await import('./commands/conform.ts')).conform,
  },
  {
    name: 'agent',
    summary: 'register the instances of this host for as long as this process runs',
    load: async () => (await import('./commands/agent.ts')).agent,
  },
  {
    name: 'run',
    summary: 'start a process and register it for as long as it runs',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'collector',
    summary:
      'watch all runs and remove the records of dead ones; several collectors share the work',
    load: async () => (await import('./commands/collector.ts')).collector,
  },
  {
    name: 'serve',
    summary: 'answer questions about services over DNS and HTTP, for programs of any language',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'sync haproxy',
    summary: 'fill the servers of HAProxy with instances, without a reload',
    load: async () => (await import('./commands/sync-haproxy.ts')).syncHaproxy,
  },
  {
    name: 'sync file',
    summary: 'keep a configuration file up to date, for nginx or any program that reads a file',
    load: async () => (await import('./commands/sync-file.ts')).syncFile,
  },
];
