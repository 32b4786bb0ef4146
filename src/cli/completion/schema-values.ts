import { z } from 'zod';

/** The values that a schema lists: those of its enumerations; none if it lists none. */
export function schemaValues(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(schemaValues);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return schemaValues(schema.unwrap());
  if (schema instanceof z.ZodArray) return schemaValues(schema.element);
  if (schema instanceof z.ZodPipe) return [...schemaValues(schema.in), ...schemaValues(schema.out)];
  return [];
}
