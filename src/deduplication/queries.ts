import { type Birth, type Names, openPeople } from '../beneficiaries/index.ts';
import { command, cursorKey, type Db, isId, type KeyRing, type Page, pageOf, pageRequest, problem } from '../platform/index.ts';
import { inWords } from './rules.ts';
import { findPair, type PairFilter, type PairPosition, type PairRow, pairsOf } from './store.ts';
import type { DuplicatePair, PairSide } from './types.ts';

/** Pairs with both people side by side. */
async function opened(db: Db, keyRing: KeyRing, rows: readonly PairRow[]): Promise<DuplicatePair[]> {
  const people = await openPeople(
    db,
    keyRing,
    rows.flatMap(({ first, second }) => [first.id, second.id]),
    ['names', 'birth'],
  );
  const sideOf = (side: PairRow['first']): PairSide => {
    const person: { names: Names; birth: Birth } | null | undefined = people.get(side.id);
    return { ...side, registeredAt: new Date(side.registeredAt).toISOString(), names: person?.names ?? null, birth: person?.birth ?? null };
  };
  return rows.map(({ first, second, evidence, decidedAt, foundAt, ...pair }) => ({
    ...pair,
    first: sideOf(first),
    second: sideOf(second),
    evidence: evidence.map((item) => ({ ...item, text: inWords(item) })),
    decidedAt: decidedAt?.toISOString() ?? null,
    foundAt: foundAt.toISOString(),
  }));
}

export interface PairsRequest {
  readonly programmeId: string;
  readonly query: PairFilter & { readonly limit?: number; readonly cursor?: string };
}

/** A page of a programme's pairs, the likeliest first. It opens people, so it is a command and leaves a trace. */
export const listDuplicatePairs = command<PairsRequest, Page<DuplicatePair>>({
  name: 'deduplication.read',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, keyRing }, { programmeId, query }) {
    const { limit } = pageRequest(query);
    const rows = await pairsOf(tx, programmeId, query, limit, positionIn(query.cursor));
    const { items, nextCursor } = pageOf(rows, limit, ({ score, first, second }) => `${score}/${first.id}/${second.id}`);
    const result = { items: await opened(tx, keyRing, items), nextCursor };
    return {
      result,
      subject: { type: 'duplicate_pairs_of_programme', id: programmeId },
      after: items.map(({ first, second }) => [first.id, second.id]),
    };
  },
});

/** @throws not_found */
export async function openPair(db: Db, keyRing: KeyRing, firstId: string, secondId: string): Promise<DuplicatePair> {
  const row = await findPair(db, firstId, secondId);
  const [pair] = row ? await opened(db, keyRing, [row]) : [];
  if (!pair) throw problem.not_found('There is no such record.');
  return pair;
}

function positionIn(cursor: string | undefined): PairPosition | undefined {
  if (cursor === undefined) return undefined;
  const [score = '', firstId = '', secondId = ''] = (cursorKey(cursor) ?? '').split('/');
  if (!/^\d(\.\d{1,10})?$/.test(score) || !isId(firstId) || !isId(secondId))
    throw problem.invalid_request('Send a cursor as "nextCursor" gave it.');
  return { score, firstId, secondId };
}
