import { roles } from '../../adapters/nats/access/member.ts';
import {
  capabilitiesOf,
  compareWithRole,
  memberOfInbox,
  type RightOf,
} from '../../adapters/nats/access/rights-check.ts';
import { permits } from '../../adapters/nats/connection/user-rights.ts';

export { capabilitiesOf, compareWithRole, memberOfInbox, permits, type RightOf, roles };
