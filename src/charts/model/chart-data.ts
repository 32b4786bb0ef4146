export interface ChartNode {
  readonly id: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly parent: string | null;
  readonly initial: string | null;
  readonly description: string | null;
}

/** A transition. Its id does not change when other states are edited. */
export interface ChartEdge {
  readonly id: string;
  readonly source: string;
  readonly event: string;
  readonly targets: readonly string[];
  readonly guard: string | null;
  readonly actions: readonly string[];
  readonly description: string | null;
}

/** A state machine as data. Audit events refer to it by `hash`. */
export interface Chart {
  readonly machine: string;
  readonly hash: string;
  readonly nodes: readonly ChartNode[];
  readonly edges: readonly ChartEdge[];
}
