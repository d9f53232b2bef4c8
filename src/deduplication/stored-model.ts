import { levels, type Model, readModel, shippedModel } from '../matching/index.ts';

type Fields = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/**
 * A set of weights as the database gave it back, which forgets in which order levels stand. A level that the engine has learnt to tell
 * apart since then counts as in the shipped weights.
 * @throws ZodError when it is none
 */
export function storedModel(definition: unknown): Model {
  const stored = definition as Model & { readonly fields: Fields };
  const fields = Object.entries(levels).map(([field, names]) => {
    const shipped = shippedModel.fields as Fields;
    return [field, Object.fromEntries(names.map((level) => [level, stored.fields[field]?.[level] ?? shipped[field]?.[level]]))];
  });
  return readModel({ ...stored, fields: Object.fromEntries(fields) });
}
