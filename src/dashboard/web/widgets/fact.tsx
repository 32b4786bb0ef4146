import type { ComponentChildren } from 'preact';

interface FactProps {
  readonly name: string;
  /** null, false or empty: there is no such fact. */
  readonly children?: ComponentChildren;
}

/** A name and its value in a list of facts. */
export const Fact = ({ name, children }: FactProps) =>
  children ? (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  ) : null;
