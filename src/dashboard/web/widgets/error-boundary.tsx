import { Component, type ComponentChildren } from 'preact';

interface Props {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** A panel that fails says so, and takes no other with it. */
export class ErrorBoundary extends Component<Props, { failed: Error | null }> {
  override state = { failed: null };

  static override getDerivedStateFromError(failed: unknown) {
    return { failed: failed instanceof Error ? failed : new Error(String(failed)) };
  }

  override render({ name, children }: Props, { failed }: { failed: Error | null }) {
    if (!failed) return children;
    const report = `${name}: ${failed.stack ?? failed.message}\n${location.hash}`;
    return (
      <section class="panel notice bad" role="alert">
        <h2>This panel failed</h2>
        <p>
          <code>{failed.message}</code> The others still work.
        </p>
        <div class="row">
          <button type="button" onClick={() => this.setState({ failed: null })}>
            Reload panel
          </button>
          <button type="button" onClick={() => void navigator.clipboard.writeText(report)}>
            Copy report
          </button>
        </div>
      </section>
    );
  }
}
