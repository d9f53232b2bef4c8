import { type PermissionName, scopeCondition } from '../access/index.ts';
import { soundsOfWord } from '../matching/index.ts';
import {
  type Actor,
  command,
  cursorKey,
  type Db,
  isId,
  type KeyRing,
  type Outcome,
  type Page,
  pageOf,
  sql,
  type Tx,
} from '../platform/index.ts';
import { documentKey, nameKey, phoneKey } from './keys.ts';
import { type BeneficiaryLine, openLine } from './lines.ts';
import { type Meaning, meaningOf } from './search-box.ts';
import { type Found, type Place, peopleByName, peopleByNumber, ranks } from './search-store.ts';

export interface SearchRequest {
  readonly query: string;
  /** Left out, every programme is searched that the actor may read people of. */
  readonly programmeId?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Somebody whom a search found. */
export interface FoundLine extends BeneficiaryLine {
  readonly programmeId: string;
  readonly match: (typeof ranks)[number];
}

const DEFAULT_LIMIT = 50;
const NAME = 'beneficiaries.search' satisfies PermissionName;

/** Finds people by a number of theirs or by words of their name, the best fit first. What was asked is kept nowhere. */
export const searchBeneficiaries = command<SearchRequest, Page<FoundLine>>({
  name: NAME,
  scope: (_db, { programmeId }) => (programmeId === undefined ? undefined : { programme: programmeId }),
  async run({ tx, actor, keyRing }, { query, programmeId, limit = DEFAULT_LIMIT, cursor }) {
    const place = placeIn(cursor);
    const programmeIds = programmeId === undefined ? await programmesOf(tx, actor) : [programmeId];
    const rows = await peopleWho(tx, keyRing, meaningOf(query), programmeIds, place, limit + 1);
    const { items, nextCursor } = pageOf(rows, limit, ({ rank, foundId }) => `${rank}/${foundId}`);
    const lines = items.map(({ rank, foundId, ...row }) => ({
      ...openLine(keyRing, row),
      programmeId: row.programmeId,
      match: ranks[rank] as FoundLine['match'],
    }));
    return { result: { items: lines, nextCursor }, ...readingOf(actor, programmeIds, lines) };
  },
});

const isPlace = (key: string): boolean => /^[0-3]\//.test(key) && isId(key.slice(2));

function placeIn(cursor: string | undefined): Place | undefined {
  const key = cursorKey(cursor, isPlace);
  return key === undefined ? undefined : { rank: Number(key.charAt(0)), foundId: key.slice(2) };
}

async function programmesOf(db: Db, actor: Actor): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select p.id from programmes p where ${scopeCondition(actor, NAME, { programme: sql`p.id` })} order by p.id`,
  );
  return rows.map(({ id }) => id);
}

/** A number leads to one person or to few, so that a box is never read as a number and as a name. */
async function peopleWho(
  tx: Tx,
  keyRing: KeyRing,
  { registrationNumber, phone, documents, words }: Meaning,
  programmeIds: readonly string[],
  place: Place | undefined,
  limit: number,
): Promise<Found[]> {
  if (words.length === 0) {
    const keys = [...documents.map((document) => documentKey(keyRing, document)), ...(phone ? [phoneKey(keyRing, phone)] : [])];
    return peopleByNumber(tx, programmeIds, registrationNumber, keys, place?.foundId, limit);
  }
  const keys = programmeIds.flatMap((id) =>
    words.map(({ exact }) => ({
      programmeId: id,
      exact: nameKey(keyRing, id, 'exact', exact),
      sounds: soundsOfWord(exact).map((sound) => nameKey(keyRing, id, 'sound', sound)),
    })),
  );
  return peopleByName(tx, keys, place, limit);
}

/** An event for each programme of which somebody was shown, and one all the same when nobody was. */
function readingOf(
  actor: Actor,
  programmeIds: readonly string[],
  lines: readonly FoundLine[],
): Pick<Outcome<unknown>, 'subject' | 'others'> {
  const shown = new Map<string, string[]>();
  for (const { programmeId, id } of lines) shown.set(programmeId, [...(shown.get(programmeId) ?? []), id]);
  if (shown.size === 0 && programmeIds[0] !== undefined && programmeIds.length === 1) shown.set(programmeIds[0], []);
  const [first = { subject: { type: 'user', id: actor.id }, after: [] }, ...others] = [...shown].map(([programme, ids]) => ({
    subject: { type: 'beneficiaries_of_programme', id: programme },
    scope: { programme },
    after: ids,
  }));
  return { ...first, others };
}
