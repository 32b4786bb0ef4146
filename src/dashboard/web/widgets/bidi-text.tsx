/** A name with its own text direction, so that a right-to-left name does not reorder its neighbours. */
export function BidiText({
  text,
  class: name = '',
}: {
  readonly text: string;
  readonly class?: string;
}) {
  return (
    <bdi class={name} title={text}>
      {text}
    </bdi>
  );
}
