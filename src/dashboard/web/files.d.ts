declare module '*.css';
declare module '*.svg' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: what esbuild makes of a file
  export default address;
}
