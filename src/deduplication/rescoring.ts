import { type Command, command } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import { pairsAfter } from './model-store.ts';
import type { Profiles } from './profiles.ts';
import { amongSurvivors, withRecords } from './same-person.ts';
import { scoredPairs } from './scoring.ts';
import { settingOf } from './setting.ts';
import { openPairs } from './store.ts';

const CHUNK = 500;

export interface Rescored {
  /** The pair to go on after; null when there are no more. */
  readonly last: PairName | null;
}

/** Scores the next undecided pairs of a programme again, with the weights and the names as they are now. */
export const rescorePairs = (profiles: Profiles): Command<{ programmeId: string; after: PairName | null }, Rescored> =>
  command({
    name: 'deduplication.rescore_pairs',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run(context, { programmeId, after }) {
      const { tx, keyRing, now } = context;
      const pairs = await pairsAfter(tx, programmeId, true, after, CHUNK);
      const setting = await settingOf(tx, keyRing, programmeId);
      const scored = await scoredPairs(tx, { programmeId, profiles, keyRing, setting }, [], await withRecords(tx, pairs));
      const changed = await openPairs(tx, programmeId, await amongSurvivors(context, scored), setting.modelVersion, now);
      const { firstId, secondId } = pairs.at(-1) ?? {};
      return {
        result: { last: firstId && secondId && pairs.length === CHUNK ? { firstId, secondId } : null },
        subject: { type: 'duplicate_pairs_of_programme', id: programmeId },
        after: { changed, modelVersion: setting.modelVersion },
      };
    },
  });
