import { beneficiaryScope } from '../beneficiaries/index.ts';
import type { Language } from '../matching/index.ts';
import {
  command,
  cursorKey,
  cursorUnknown,
  type Db,
  isId,
  type KeyRing,
  type Page,
  pageOf,
  pageRequest,
  problem,
} from '../platform/index.ts';
import { decisionsOn, findPair, type PairFilter, type PairPosition, pairsOf } from './pair-store.ts';
import { sideBySide } from './side-by-side.ts';
import type { DuplicatePair, PastDecision } from './types.ts';

// Both people of a pair are opened, so these reads are commands and leave a trace.

export interface PairsRequest {
  readonly programmeId: string;
  readonly query: PairFilter & { readonly limit?: number; readonly cursor?: string; readonly language?: Language };
}

/** A page of a programme's pairs, the likeliest first. */
export const listDuplicatePairs = command<PairsRequest, Page<DuplicatePair>>({
  name: 'deduplication.read',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, keyRing }, { programmeId, query }) {
    const { limit } = pageRequest(query);
    const rows = await pairsOf(tx, programmeId, query, limit, positionIn(query.cursor));
    const { items, nextCursor } = pageOf(rows, limit, ({ score, first, second }) => `${score}/${first.id}/${second.id}`);
    return {
      result: { items: await sideBySide(tx, keyRing, items, query.language ?? 'en'), nextCursor },
      subject: { type: 'duplicate_pairs_of_programme', id: programmeId },
      after: items.map(({ first, second }) => [first.id, second.id]),
    };
  },
});

export interface PairRequest {
  readonly firstId: string;
  readonly secondId: string;
  readonly language?: Language | undefined;
}

/** A pair with everything that was ever decided about it. @throws not_found */
export const readDuplicatePair = command<PairRequest, DuplicatePair & { decisions: PastDecision[] }>({
  name: 'deduplication.read',
  scope: (db, { firstId }) => beneficiaryScope(db, firstId),
  async run({ tx, keyRing }, { firstId, secondId, language }) {
    const pair = await openPair(tx, keyRing, { firstId, secondId, language });
    return {
      result: { ...pair, decisions: await decisionsOn(tx, firstId, secondId) },
      subject: { type: 'duplicate_pair', id: `${firstId}/${secondId}` },
    };
  },
});

/** @throws not_found */
export async function openPair(db: Db, keyRing: KeyRing, { firstId, secondId, language = 'en' }: PairRequest): Promise<DuplicatePair> {
  const row = await findPair(db, firstId, secondId);
  const [pair] = row ? await sideBySide(db, keyRing, [row], language) : [];
  if (!pair) throw problem.not_found('There is no such record.');
  return pair;
}

function positionIn(cursor: string | undefined): PairPosition | undefined {
  if (cursor === undefined) return undefined;
  const [score = '', firstId = '', secondId = ''] = (cursorKey(cursor) ?? '').split('/');
  if (!/^\d(\.\d{1,10})?$/.test(score) || !isId(firstId) || !isId(secondId)) throw cursorUnknown();
  return { score, firstId, secondId };
}
