import { separationOfDuties } from '../access/index.ts';
import { reestimate } from '../matching/index.ts';
import { type Command, command, type Db, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { compareModels } from './model-comparison.ts';
import { insertModel, insertUse, lockModels, type MatchingModel, modelsOf, observationsOf } from './model-store.ts';
import type { Profiles } from './profiles.ts';
import { settingOf } from './setting.ts';
import type { ModelComparison } from './types.ts';
import { say } from './words.ts';

/** Weights are learnt from no fewer decided pairs than this, and from no fewer of either kind. */
const FEWEST_DECIDED = 20;
const FEWEST_OF_A_KIND = 5;

/** @throws not_found */
export async function modelOf(db: Db, programmeId: string, version: number): Promise<MatchingModel> {
  const found = (await modelsOf(db, programmeId, version)).find((model) => model.version === version);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/**
 * Estimates weights from what a programme has decided so far, as a new version that nothing uses yet, and reports how its pairs would move.
 * @throws conflict when too little has been decided to learn from
 */
export const estimateModel = (profiles: Profiles): Command<{ programmeId: string }, MatchingModel> =>
  command({
    name: 'deduplication.estimate_model',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now, keyRing }, { programmeId }) {
      await programmeById(tx, programmeId);
      await lockModels(tx, programmeId);
      const observations = await observationsOf(tx, programmeId);
      const countOf = (kind: 'same' | 'different') =>
        observations.reduce((sum, { decided, count = 1 }) => sum + (decided === kind ? count : 0), 0);
      const [same, different] = [countOf('same'), countOf('different')];
      if (same + different < FEWEST_DECIDED || Math.min(same, different) < FEWEST_OF_A_KIND) {
        throw problem.conflict(say('pairs_too_few', { decided: FEWEST_DECIDED, each: FEWEST_OF_A_KIND }), { same, different });
      }
      const setting = await settingOf(tx, keyRing, programmeId);
      const version = Math.max(...(await modelsOf(tx, programmeId)).map((model) => model.version)) + 1;
      const definition = { ...reestimate(setting.model, observations, setting.population), version };
      const comparison = await compareModels(tx, { programmeId, profiles, keyRing, setting }, definition);
      await insertModel(tx, programmeId, { version, definition, comparison }, actor.id, now);
      const result = await modelOf(tx, programmeId, version);
      return { result, subject: { type: 'matching_models_of_programme', id: programmeId }, after: result };
    },
  });

/** Compares a version with the one in use, on the pairs as they are now. It opens profiles, so it leaves a trace. @throws not_found */
export const compareModel = (profiles: Profiles): Command<{ programmeId: string; version: number }, ModelComparison> =>
  command({
    name: 'deduplication.read',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, keyRing }, { programmeId, version }) {
      const { definition } = await modelOf(tx, programmeId, version);
      const setting = await settingOf(tx, keyRing, programmeId);
      return {
        result: await compareModels(tx, { programmeId, profiles, keyRing, setting }, definition),
        subject: { type: 'matching_models_of_programme', id: programmeId },
      };
    },
  });

/**
 * Puts a version to use, by somebody other than who estimated it. The undecided pairs are scored again in the background, and then
 * everybody is compared again.
 * @throws not_found; separation_of_duties to who estimated it; conflict when it is in use already
 */
export const useModel = command<{ programmeId: string; version: number }, MatchingModel>({
  name: 'deduplication.use_model',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, version }) {
    await programmeById(tx, programmeId);
    await lockModels(tx, programmeId);
    const models = await modelsOf(tx, programmeId);
    const model = models.find((one) => one.version === version);
    if (!model) throw problem.not_found('There is no such record.');
    if (model.createdBy === actor.id) throw separationOfDuties('matching_model_uses_by_another');
    if (model.inUse) throw problem.conflict(say('weights_in_use'));
    await insertUse(tx, programmeId, version, actor.id, now);
    return {
      result: { ...model, inUse: true },
      subject: { type: 'matching_models_of_programme', id: programmeId },
      before: { version: models.find(({ inUse }) => inUse)?.version },
      after: { version },
      followUps: [{ job: 'deduplication.rescore', payload: { programmeId } }],
    };
  },
});
