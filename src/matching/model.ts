import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../platform/index.ts';
import { type Field, fields, levels } from './levels.ts';

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
    for (const field of fields) {
      const named = Object.keys(weights[field] ?? {}).join(' ');
      if (named !== levels[field].join(' ')) context.addIssue(`${field} has the levels ${levels[field].join(', ')}, in this order.`);
    }
  });

/**
 * What the engine believes, as data: m and u of every level, how many people are expected twice, and from which probability on a pair is
 * the same person or worth a look. `names` says at which share of bearers the odds of the name levels hold, and the least share believed.
 */
export type Model = z.infer<typeof schema>;

/** @throws ZodError naming what is wrong with it */
export const readModel = (data: unknown): Model => schema.parse(data);

/** The weights that Sanad ships: one set for every register. */
export const shippedModel: Model = readModel(JSON.parse(readFileSync(join(packageRoot, 'seeds/matching/model.json'), 'utf8')));
