/** A JSON object under construction. */
export type JsonObject = { [name: string]: unknown }

/** A JSON schema as far as documents look into it; TypeBox schemas are such objects. */
export type JsonSchema = {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly description?: string
  readonly examples?: readonly unknown[]
}

/** Whether items are one by one, each with its own schema. */
export function isTuple(items: JsonSchema | readonly JsonSchema[]): items is readonly JsonSchema[] {
  return Array.isArray(items)
}

/** The type of a schema that is not null. */
export function mainType({ type }: JsonSchema): string | undefined {
  return typeof type === 'object' ? type.find((one) => one !== 'null') : type
}
