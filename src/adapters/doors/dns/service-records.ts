import { isIP } from 'node:net';
import type { Endpoint } from '../../../domain/fleet/endpoint.ts';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { compareText } from '../../../domain/fleet/row-order.ts';
import { hours, type Millis, seconds } from '../../../domain/time.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { addressIn, addressName } from './address-name.ts';
import type { DnsAnswer, DnsRecord, Rcode } from './dns-answer.ts';
import type { DnsQuery } from './dns-query.ts';
import type { ServiceNames } from './service-names.ts';

export interface Zone {
  /** Without dots at its ends, in lower case. */
  readonly zone: string;
  readonly policy: PickPolicy;
  /** Time to live of answers. */
  readonly ttl: Millis;
}

/** HAProxy divides weights by 256, so that smaller differences vanish. */
const weights = { live: 65280, other: 256 } as const;
const addressTtl: Millis = hours(1);
/** From this age on, an answer is marked as possibly outdated. */
const staleAfter: Millis = seconds(10);

/** The DNS records for the services of a view. `turn` grows with each query, so that addresses rotate. */
export class DnsZone {
  readonly #zone: Zone;
  readonly #view: ServiceView;
  readonly #names: ServiceNames;
  #turn = 0;

  constructor(zone: Zone, view: ServiceView, names: ServiceNames) {
    this.#zone = zone;
    this.#view = view;
    this.#names = names;
  }

  /** Answers a question. NXDOMAIN is only for a service that has no registration. */
  answer(query: DnsQuery): DnsAnswer {
    if (query.edns && query.edns.version !== 0) return bare('NOERROR');
    const name = query.name.toLowerCase();
    const { zone } = this.#zone;
    const isInside = name === zone || name.endsWith(`.${zone}`);
    if (!isInside || (query.class !== 'IN' && query.class !== 'ANY')) return bare('REFUSED');
    const below = name === zone ? [] : name.slice(0, -zone.length - 1).split('.');
    const kind = below.at(-1);
    const labels = below.slice(0, -1);
    if (kind === undefined) return this.#apex(query.type);
    if (kind === 'addr') return this.#address(labels, query.type);
    if (kind === 'service') return this.#service(labels, query.type);
    return this.#empty('NXDOMAIN');
  }

  #apex(type: string): DnsAnswer {
    const ns = { type: 'NS', data: `ns.${this.#zone.zone}`, ttl: 1 } as const;
    if (type === 'SOA') return found([this.#soa()]);
    return type === 'NS' ? found([ns]) : this.#empty('NOERROR');
  }

  #address([label, ...more]: readonly string[], type: string): DnsAnswer {
    if (label === undefined) return this.#empty('NOERROR');
    const address = more.length === 0 ? addressIn(label) : undefined;
    if (address === undefined) return this.#empty('NXDOMAIN');
    const own = isIP(address) === 4 ? 'A' : 'AAAA';
    if (type !== own) return this.#empty('NOERROR');
    return found([{ type: own, data: address, ttl: addressTtl / 1000 }]);
  }

  #service(labels: readonly string[], type: string): DnsAnswer {
    const protocol = labels.at(-1);
    const isSrvName = protocol === '_tcp' || protocol === '_udp';
    const name = isSrvName ? labels.slice(0, -1).join('.').replace(/^_/, '') : labels.join('.');
    if (name === '') return this.#complete(() => this.#empty('NOERROR'));
    if (isSrvName && !labels[0]?.startsWith('_')) return this.#empty('NXDOMAIN');
    return this.#complete(() => {
      const service = this.#names.find(name);
      if (service === undefined)
        return this.#empty(!isSrvName && this.#names.isParent(name) ? 'NOERROR' : 'NXDOMAIN');
      if (type === 'SRV') return this.#srv(service);
      if (isSrvName || (type !== 'A' && type !== 'AAAA')) return this.#empty('NOERROR');
      return this.#addresses(service, type);
    });
  }

  /** Not known is not "none": a resolver would keep a denial. */
  #complete(answer: () => DnsAnswer): DnsAnswer {
    return this.#view.status.isComplete ? answer() : bare('SERVFAIL');
  }

  #addresses(service: string, type: 'A' | 'AAAA'): DnsAnswer {
    const rows = this.#view.usable('dns', service, this.#zone.policy);
    const version = type === 'A' ? 4 : 6;
    const all = new Set(rows.flatMap(({ address }) => address ?? []));
    const some = [...all].filter((address) => isIP(address) === version);
    if (some.length === 0) return this.#empty('NOERROR');
    this.#turn = (this.#turn + 1) % 0x10000;
    const first = this.#turn % some.length;
    const rotated = [...some.slice(first), ...some.slice(0, first)];
    const ttl = this.#ttl;
    const stale = this.#stale(rows.some((row) => row.keptSince !== undefined));
    return { ...found(rotated.map((data) => ({ type, data, ttl }))), stale };
  }

  /** In a stable order: HAProxy takes an answer that was cut for the whole set. */
  #srv(service: string): DnsAnswer {
    const endpoints = this.#view
      .endpoints('dns', service, this.#zone.policy)
      .toSorted((a, b) => a.row.token - b.row.token || compareText(a.row.id, b.row.id));
    if (endpoints.length === 0) return this.#empty('NOERROR');
    const ttl = this.#ttl;
    const answers = endpoints.map((one): DnsRecord => {
      const weight = one.row.state === 'live' ? weights.live : weights.other;
      const target = this.#target(one);
      return { type: 'SRV', data: { priority: 1, weight, port: one.port, target }, ttl };
    });
    const additionals = new Map(endpoints.map((one) => [one.address, one]));
    const stale = this.#stale(endpoints.some(({ row }) => row.keptSince !== undefined));
    return {
      ...found(answers),
      stale,
      additionals: [...additionals.values()].flatMap((one): readonly DnsRecord[] => {
        if (one.family === undefined) return [];
        const type = one.family === 4 ? 'A' : 'AAAA';
        return [{ name: this.#target(one), type, data: one.address, ttl: addressTtl / 1000 }];
      }),
    };
  }

  /** A host name as it is; an address as a name of this zone, since a target must be a name. */
  #target({ address, family }: Endpoint): string {
    return family === undefined ? address : `${addressName(address)}.addr.${this.#zone.zone}`;
  }

  get #ttl(): number {
    return Math.round(this.#zone.ttl / 1000);
  }

  #soa(): DnsRecord {
    const { zone } = this.#zone;
    const minimum = this.#ttl;
    const data = {
      ...{ mname: `ns.${zone}`, rname: `hostmaster.${zone}`, serial: 1 },
      ...{ refresh: 60, retry: 10, expire: 3600, minimum },
    };
    return { name: zone, type: 'SOA', data, ttl: minimum };
  }

  #empty(rcode: Rcode): DnsAnswer {
    return { rcode, answers: [], authorities: [this.#soa()], additionals: [] };
  }

  #stale(isKept: boolean): string | undefined {
    const { age, source } = this.#view.status;
    if (isKept) return 'the last instances of the service, which have no record any more';
    if (age < staleAfter && source === 'store') return undefined;
    return `the view is ${Math.round(age / 1000)} s old`;
  }
}

export const bare = (rcode: Rcode): DnsAnswer => ({
  rcode,
  answers: [],
  authorities: [],
  additionals: [],
});
const found = (answers: readonly DnsRecord[]): DnsAnswer => ({ ...bare('NOERROR'), answers });
