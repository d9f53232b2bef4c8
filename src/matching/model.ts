import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../platform/index.ts';
import { chains, type Field, fields, levels } from './levels.ts';
import type { Decision } from './types.ts';

const ROUNDING = 1e-9;
const share = z.number().gt(0).lte(1);

/** How often a level is seen: m among pairs that are one person, u among pairs that are two. */
const odds = z.strictObject({ m: share, u: share });
export type Odds = z.infer<typeof odds>;

const schema = z
  .strictObject({
    version: z.int().positive(),
    duplicatesPerPerson: z.number().gt(0).lte(1),
    thresholds: z.strictObject({ same: share, review: share }),
    names: z.strictObject({ reference: share, least: share }),
    fields: z.record(z.enum(fields as [Field, ...Field[]]), z.record(z.string(), odds)),
  })
  .superRefine(({ fields: weights, thresholds }, context) => {
    if (thresholds.review >= thresholds.same) context.addIssue('The threshold of review lies below the one of same.');
    for (const field of fields) for (const fault of faultsOf(field, weights[field] ?? {})) context.addIssue(fault);
  });

/** What is wrong with the levels of a field: another set of levels, or one that weighs more than a level on which people agree more. */
function faultsOf(field: Field, weights: Readonly<Record<string, Odds>>): string[] {
  const named: readonly string[] = levels[field];
  if (Object.keys(weights).join(' ') !== named.join(' ')) return [`${field} has the levels ${named.join(', ')}, in this order.`];
  const ratio = (level: string | undefined) => {
    const { m, u } = weights[level as string] as Odds;
    return m / u;
  };
  return (chains[field] ?? []).flatMap((chain) =>
    chain
      .filter((level, at) => at > 0 && ratio(level) > ratio(chain[at - 1]) * (1 + ROUNDING))
      .map((level) => `${field}: ${level} may not weigh more than the level before it in ${chain.join(', ')}.`),
  );
}

/**
 * What the engine believes, as data: m and u of every level, how many people are expected twice, and from which probability on a pair is
 * the same person or worth a look. `names` says at which share of bearers the odds of the name levels hold, and the least share believed.
 */
export type Model = z.infer<typeof schema>;

/** @throws ZodError naming what is wrong with it */
export const readModel = (data: unknown): Model => schema.parse(data);

/** The weights that Sanad ships: one set for every register. */
export const shippedModel: Model = readModel(JSON.parse(readFileSync(join(packageRoot, 'seeds/matching/model.json'), 'utf8')));

/** What a model makes of a probability. */
export function decide({ thresholds }: Model, probability: number): Decision {
  if (probability >= thresholds.same) return 'same';
  return probability >= thresholds.review ? 'review' : 'different';
}
