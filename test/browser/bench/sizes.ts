import { brotliCompressSync, gzipSync } from 'node:zlib';

export interface Size {
  readonly min: number;
  readonly gz: number;
  readonly br: number;
}

/** The bytes a browser loads by kind, uncompressed and compressed. */
export function sizes(files: ReadonlyMap<string, Buffer>): Record<'js' | 'css' | 'font', Size> {
  const of = (ending: string) => {
    const all = [...files].filter(([name]) => name.endsWith(ending)).map(([, body]) => body);
    const sum = (packed: (body: Buffer) => Buffer) =>
      all.reduce((total, body) => total + packed(body).length, 0);
    return { min: sum((body) => body), gz: sum(gzipSync), br: sum(brotliCompressSync) };
  };
  return { js: of('.js'), css: of('.css'), font: of('.woff2') };
}
