import { authoriseRead } from '../access/index.ts';
import type { Actor, Db } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { modelOf } from './model-commands.ts';
import { type MatchingModel, modelsOf } from './model-store.ts';

/** The sets of weights that a programme has, newest first. @throws not_found */
export async function listModels(db: Db, actor: Actor, programmeId: string): Promise<{ items: MatchingModel[] }> {
  authoriseRead(actor, 'deduplication.read', { programme: programmeId });
  await programmeById(db, programmeId);
  return { items: await modelsOf(db, programmeId) };
}

/** @throws not_found */
export async function readModel(db: Db, actor: Actor, programmeId: string, version: number): Promise<MatchingModel> {
  authoriseRead(actor, 'deduplication.read', { programme: programmeId });
  await programmeById(db, programmeId);
  return modelOf(db, programmeId, version);
}
