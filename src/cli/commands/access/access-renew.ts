import type { RenewalStep } from '../../../composition/access/tls-state.ts';
import { systemAdapters } from '../../../composition/system-adapters.ts';
import { Fault } from '../../../domain/fault.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { Switch } from '../../command/settings/common.ts';
import { accessSettings, openAccess, reloadLines } from '../../session/access.ts';
import { certificateLine } from '../../tables/certificate-line.ts';
import { documentLine } from '../../terminal/iso-times.ts';

export const accessRenew = command({
  name: 'access renew',
  summary: 'replace the certificates of servers and logins; --ca replaces their authority',
  settings: {
    ...accessSettings,
    ca: {
      flag: '--ca',
      description:
        'create a new certificate authority; the previous one still signs, and certificates of both are valid',
      schema: Switch,
    },
    finishCa: {
      flag: '--finish-ca',
      description:
        'end the trust in the previous authority, when all servers and logins have the new certificates',
      schema: Switch,
    },
  },
  examples: [
    ['rollcall access renew', 'new certificates for a year; copy them to the servers'],
    [
      'rollcall access renew --ca',
      'then copy the files, and: access renew; copy again, and: access renew --finish-ca',
    ],
  ],
  async run({ settings, io }) {
    if (settings.ca && settings.finishCa) {
      throw new Fault('bad-setting', '--ca and --finish-ca: use only one of them');
    }
    const step: RenewalStep = settings.ca
      ? 'authority'
      : settings.finishCa
        ? 'finish'
        : 'certificates';
    const access = await openAccess(settings, io);
    const { reloaded, failed } = await access.renew(step);
    const certificates = await access.certificates;
    if (settings.json) {
      const until = certificates.map((one) => one.until);
      const validUntil = new Date(Math.min(...until)).toISOString();
      const { folder } = access;
      io.out(documentLine({ event: 'renewed', step, folder, validUntil, reloaded, failed }));
      return exitCodes.done;
    }
    const shown = { palette: io.palette, now: systemAdapters.clock.wall() };
    for (const one of certificates) io.out(certificateLine(one, shown));
    for (const line of reloadLines({ reloaded, failed }, `${access.folder}/servers`)) io.out(line);
    io.out(io.palette.dim(`  ${next[step]}`));
    return exitCodes.done;
  },
});

const next = {
  authority:
    'copy the folders of servers and logins to their machines, then: rollcall access renew',
  certificates: 'copy the folders of servers to their machines, and of logins with a certificate',
  finish: 'copy the folders of servers and logins: only the newest authority is valid',
} as const;
