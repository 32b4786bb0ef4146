import { Component, type ComponentChildren } from 'preact';

interface Props {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** Shows an error in place of a panel that failed. Other panels keep working. */
export class ErrorBoundary extends Component<Props, { failed: Error | null }> {
  override state = { failed: null };

  static override getDerivedStateFromError(failed: unknown) {
    return { failed };
  }

  override render({ name, children }: Props, { failed }: { failed: Error | null }) {
    if (!failed) return children;
    const report = `${name}: ${failed.stack}\n${location.hash}`;
    return (
      <section class="panel notice bad" role="alert">
        <h2>This panel failed</h2>
        <p>
          <code>{failed.message}</code> The other panels still work.
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
