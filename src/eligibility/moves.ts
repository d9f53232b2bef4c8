import type { Language } from '../beneficiaries/index.ts';
import { command, type Page, pageOf, pageRequestById } from '../platform/index.ts';
import { openFindings } from './assess.ts';
import { movedIn } from './assessment-store.ts';
import { type ChangedLine, changedLines, type ShownTier, shownTier } from './explain.ts';
import { runById, scorecardById } from './queries.ts';
import type { Outcome } from './types.ts';

interface MovesQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly language?: Language;
}

interface Side {
  readonly outcome: Outcome;
  readonly score: number;
  readonly tier: ShownTier | null;
  readonly assessedAt: string;
}

/** Somebody of whom a run found something else than before, and which lines made it so. */
export interface MovedLine {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly from: Side;
  readonly to: Side;
  readonly changed: ChangedLine[];
}

/** Who moved in a run, and why. Reading it leaves a trace in the trail, so it is a command. A comparison moves nobody. @throws not_found */
export const listMoves = command<{ runId: string; query: MovesQuery }, Page<MovedLine>>({
  name: 'eligibility.read',
  scope: async (db, { runId }) => ({ programme: (await runById(db, runId)).programmeId }),
  async run({ tx, keyRing }, { runId, query }) {
    const { language = 'en' } = query;
    const { run } = await runById(tx, runId);
    const { id: scorecardId, definition } = await scorecardById(tx, run.scorecardId);
    const { limit, after } = pageRequestById(query);
    const rows = run.number === null ? [] : await movedIn(tx, scorecardId, run.number, limit, after);
    const { items, nextCursor } = pageOf(rows, limit, ({ beneficiaryId }) => beneficiaryId);
    const sideOf = ({ outcome, score, tier, assessedAt }: (typeof items)[number]['to']): Side => ({
      outcome,
      score,
      tier: shownTier(definition, tier, language),
      assessedAt: new Date(assessedAt).toISOString(),
    });
    const moved = items.map(({ beneficiaryId, registrationNumber, dataKey, from, to, findings, findingsBefore }) => {
      const open = (key: Buffer, number: number, sealed: Buffer) =>
        openFindings(keyRing, scorecardId, beneficiaryId, key, { number, findings: sealed });
      const changed = dataKey
        ? changedLines(definition, open(dataKey, from.number, findingsBefore), open(dataKey, to.number, findings), language)
        : [];
      return { beneficiaryId, registrationNumber, from: sideOf(from), to: sideOf(to), changed };
    });
    return {
      result: { items: moved, nextCursor },
      subject: { type: 'assessment_run', id: runId },
      after: moved.map(({ beneficiaryId }) => beneficiaryId),
    };
  },
});
