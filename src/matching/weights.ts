import { type Field, fields } from './levels.ts';
import type { Model } from './model.ts';

/** The bits of every level of a model, worked out once. */
export class Weights {
  readonly names: Model['names'];
  readonly #bits: Readonly<Record<Field, Readonly<Record<string, number>>>>;

  constructor({ fields: odds, names }: Model) {
    this.names = names;
    const bitsOf = (field: Field) =>
      Object.fromEntries(Object.entries(odds[field] ?? {}).map(([level, { m, u }]) => [level, Math.log2(m / u)]));
    this.#bits = Object.fromEntries(fields.map((field) => [field, bitsOf(field)])) as Record<Field, Record<string, number>>;
  }

  of(field: Field, level: string): number {
    return this.#bits[field][level] as number;
  }
}

const known = new WeakMap<Model, Weights>();

export function weightsOf(model: Model): Weights {
  let weights = known.get(model);
  if (!weights) {
    weights = new Weights(model);
    known.set(model, weights);
  }
  return weights;
}
