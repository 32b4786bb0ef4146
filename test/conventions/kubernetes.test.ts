import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const folder = new URL('../../deploy/kubernetes/', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const documentsOf = (file: string): unknown[] =>
  parseAllDocuments(textOf(file), { strict: true }).map((one) => one.toJSON());

const Labels = z.record(z.string(), z.string());
const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal('metrics') }) });
const Container = z.looseObject({
  image: z.literal('rollcall'),
  args: z.array(z.string()),
  ports: z.array(z.object({ name: z.literal('metrics'), containerPort: z.literal(9464) })),
  livenessProbe: Probe,
  readinessProbe: Probe,
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const Workload = z.looseObject({
  kind: z.enum(['Deployment', 'DaemonSet']),
  spec: z.looseObject({
    selector: z.object({ matchLabels: Labels }),
    template: z.object({
      metadata: z.looseObject({ labels: Labels }),
      spec: z.looseObject({
        automountServiceAccountToken: z.literal(false),
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
        containers: z.array(Container).length(1),
      }),
    }),
  }),
});

const { resources } = z
  .looseObject({ resources: z.array(z.string()) })
  .parse(documentsOf('kustomization.yaml')[0]);
const objects = resources.flatMap(documentsOf) as { readonly kind: string }[];
const workloads = objects
  .filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet')
  .map((one) => Workload.parse(one));

describe('the manifests for Kubernetes', () => {
  test('are all in the kustomization', () => {
    const files = readdirSync(folder).filter((file) => file !== 'kustomization.yaml');
    expect(files.sort()).toEqual([...resources].sort());
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...['DaemonSet', 'Deployment', 'Namespace', 'NetworkPolicy', 'PodDisruptionBudget'],
    ]);
  });

  test('select the pods that they create', () => {
    for (const { spec } of workloads) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
    const text = textOf('network-policy.yaml') + textOf('collector.yaml').split('---')[1];
    const names = workloads.map(({ spec }) => spec.selector.matchLabels['app.kubernetes.io/name']);
    expect(names.filter((name) => !text.includes(String(name)))).toEqual([]);
  });

  test('run without rights, and probe what the program serves', () => {
    expect(workloads).toHaveLength(2);
    for (const { spec } of workloads) {
      const [one] = spec.template.spec.containers;
      expect(one?.livenessProbe.httpGet.path).toBe('/healthz');
      expect(one?.readinessProbe.httpGet.path).toBe('/readyz');
      expect(['collector', 'agent']).toContain(one?.args[0]);
    }
  });
});
