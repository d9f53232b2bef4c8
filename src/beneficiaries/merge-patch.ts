/** What changes a value: members that are left out stay, null takes one away, and whatever is no object replaces the whole. */
export type Patch<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Name in keyof Value]?: Patch<Value[Name]> | null | undefined }
    : Value;

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Changes a value as RFC 7396 (JSON Merge Patch) says. */
export function mergePatch<Value>(value: Value, patch: Patch<Value>): Value {
  if (!isObject(patch)) return patch as Value;
  const result: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name];
    else if (change !== undefined) result[name] = mergePatch(result[name], change);
  }
  return result as Value;
}
