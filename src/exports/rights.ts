import { authoriseRead, userActor } from '../access/index.ts';
import { type Actor, type Db, Problem } from '../platform/index.ts';
import type { Dataset, Datasets, ExportDefinition } from './types.ts';

/** A dataset by its name. @throws Error when this version has none of the name */
export function datasetNamed(datasets: Datasets, name: string): Dataset {
  const found = datasets.find((dataset) => dataset.name === name);
  if (!found) throw new Error(`there is no dataset ${name}`);
  return found;
}

/** Whom files are for, while they may read what is in them; undefined as soon as they may not. */
export async function readerOf(
  db: Db,
  now: Date,
  { ownerId, programmeId }: Pick<ExportDefinition, 'ownerId' | 'programmeId'>,
  { permission }: Dataset,
): Promise<Actor | undefined> {
  const actor = await userActor(db, now, ownerId);
  if (!actor) return undefined;
  try {
    authoriseRead(actor, permission, { programme: programmeId });
    return actor;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
