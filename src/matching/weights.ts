import { type Field, fields, levels } from './levels.ts';
import type { Model, Odds } from './model.ts';

/** The bits of every level of a model, worked out once. */
export class Weights {
  readonly names: Model['names'];
  readonly #bits = new Map<string, number>();

  constructor({ fields: odds, names }: Model) {
    this.names = names;
    for (const field of fields) {
      for (const level of levels[field]) {
        const { m, u } = (odds[field] as Record<string, Odds>)[level] as Odds;
        this.#bits.set(`${field} ${level}`, Math.log2(m / u));
      }
    }
  }

  of(field: Field, level: string): number {
    return this.#bits.get(`${field} ${level}`) as number;
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
