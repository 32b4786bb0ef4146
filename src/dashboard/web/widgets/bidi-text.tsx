import type { ComponentChildren } from 'preact';

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
      {name.includes('cut') ? withEnd(text) : text}
    </bdi>
  );
}

/** A long name in an element that cuts it: it is cut before its last characters, which tell it from its neighbours. */
export function withEnd(text: string): ComponentChildren {
  const [, start, end] = /^(.{6,})([!-~]{4})$/su.exec(text) ?? [];
  return end === undefined ? (
    text
  ) : (
    <>
      <span class="cut">{start}</span>
      <span>{end}</span>
    </>
  );
}
