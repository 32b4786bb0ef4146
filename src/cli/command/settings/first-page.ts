/** The settings on the first page of the help, without their schemas: the page is printed without loading these. */
export const firstPage = {
  servers: {
    flag: '--servers <urls>',
    description: 'NATS servers, comma-separated',
    fallback: 'NATS_URL, else nats://127.0.0.1:4222',
  },
  namespace: {
    flag: '--namespace <name>',
    description: 'namespace of the fleet; several can share one server',
    fallback: 'default',
  },
  config: {
    flag: '--config <file>',
    description: 'read settings from a YAML or JSON file',
    fallback: 'config.yaml in $XDG_CONFIG_HOME/rollcall, if it exists',
  },
  json: {
    flag: '--json',
    description:
      'print one JSON document per line, also in the log on stderr; without it all is text',
  },
} as const;
