/** Somebody's name, as text: each in a direction of its own, so that none turns its neighbours round. */
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
