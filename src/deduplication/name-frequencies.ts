import { nameKey } from '../beneficiaries/index.ts';
import type { Frequencies } from '../matching/index.ts';
import { command, type Db, type KeyRing, Recent, sql, type Tx } from '../platform/index.ts';

/** Fewer people than this say nothing about how common a name is, or a duplicate. */
export const FEWEST_PEOPLE = 1_000;
/** More people than this tell no more about common names, so a sample of about so many is counted. */
const ENOUGH_PEOPLE = 50_000;
/** A name borne by a smaller share is as rare as any. */
const LEAST_SHARE = 0.0001;
/**
 * Names are counted anew when a programme has grown by this share since: over its life each person is counted a bounded number of times. In
 * a large one a name is hardly more common after a quarter came than before, and counting it costs as much as entering them.
 */
const growthOf = (people: number): number => (people < FEWEST_PEOPLE ? 0.1 : 0.25);

interface Counted {
  readonly at: number;
  readonly frequencies: Frequencies;
}

const rare: Frequencies = { of: () => undefined };
/** Of so many programmes, and of each so many sounds, a process remembers how common they are; it asks again for what it forgets. */
const PROGRAMMES_KEPT = 20;
const SOUNDS_KEPT = 20_000;
const counted = new Recent<string, Counted>(PROGRAMMES_KEPT);

/** How common the names of a programme are, as last counted. @param countedAt when that was; null when it never was */
export async function frequenciesOf(db: Db, keyRing: KeyRing, programmeId: string, countedAt: Date | null): Promise<Frequencies> {
  if (!countedAt) return rare;
  const known = counted.get(programmeId);
  if (known?.at === countedAt.getTime()) return known.frequencies;
  const rows = await db.all<{ key: string; share: number }>(
    sql`select key::text, share from name_frequencies where programme_id = ${programmeId}`,
  );
  const shares = new Map(rows.map(({ key, share }) => [key, share]));
  const bySound = new Recent<string, number>(SOUNDS_KEPT);
  const frequencies: Frequencies = {
    of(sound) {
      const known = bySound.get(sound);
      if (known !== undefined) return known || undefined;
      const share = shares.get(nameKey(keyRing, programmeId, 'sound', sound));
      bySound.set(sound, share ?? 0);
      return share;
    },
  };
  counted.set(programmeId, { at: countedAt.getTime(), frequencies });
  return frequencies;
}

/**
 * Whether a programme has grown by enough since its names were counted: a tenth, and a large one a quarter. Identifiers grow with time, so only people who came since are
 * looked at, and no more of them than it takes.
 */
export async function hasGrown(db: Db, programmeId: string): Promise<boolean> {
  const last = await db.first<{ people: number; lastId: string | null }>(
    sql`select people, last_id as "lastId" from name_counts where programme_id = ${programmeId}`,
  );
  const enough = Math.floor((last?.people ?? 0) * growthOf(last?.people ?? 0)) + 1;
  const row = await db.first<{ since: number }>(sql`select count(*)::int as since from (select from enrolments
    where programme_id = ${programmeId} and beneficiary_id > ${last?.lastId ?? '00000000-0000-0000-0000-000000000000'} limit ${enough}) since`);
  return row?.since === enough;
}

/** The programmes that have grown by enough since their names were counted. */
export async function grownProgrammes(db: Db): Promise<string[]> {
  const grown: string[] = [];
  for (const { id } of await db.all<{ id: string }>(sql`select id from programmes`)) if (await hasGrown(db, id)) grown.push(id);
  return grown;
}

/** Makes whoever else counts the names of a programme wait until the transaction ends, and waits for them. */
export const lockCounting = (tx: Tx, programmeId: string): Promise<unknown> =>
  tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`name_counts/${programmeId}`}, 0))`);

/** Counts how many people a programme has and how common their names are. */
export async function countNames(tx: Tx, programmeId: string, at: Date): Promise<void> {
  const row = await tx.first<{ people: number; lastId: string | null }>(sql`select count(*)::int as people,
    (select beneficiary_id from enrolments where programme_id = ${programmeId} order by beneficiary_id desc limit 1) as "lastId"
    from enrolments where programme_id = ${programmeId}`);
  if (!row?.lastId) return;
  await tx.run(sql`delete from name_frequencies where programme_id = ${programmeId}`);
  await tx.run(sql`with people as materialized (
      select search_keys from match_profiles tablesample system (${Math.min(100, (100 * ENOUGH_PEOPLE) / row.people)}) where programme_id = ${programmeId}
    ), sampled as (select greatest(count(*), ${FEWEST_PEOPLE}) as size from people)
    insert into name_frequencies (programme_id, key, share)
    select ${programmeId}, key, count(*)::float8 / max(size) from people, sampled, unnest(search_keys) as key
    group by key having count(*) > 1 and count(*) >= ${LEAST_SHARE}::float8 * max(size)`);
  await tx.run(sql`insert into name_counts (programme_id, people, last_id, counted_at) values (${programmeId}, ${row.people}, ${row.lastId}, ${at})
    on conflict (programme_id) do update set people = excluded.people, last_id = excluded.last_id, counted_at = excluded.counted_at`);
}

/** Counts the names of a programme; those of one that grows little by little are counted so. */
export const countProgrammeNames = command<{ programmeId: string }, object>({
  name: 'deduplication.count_names',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now }, { programmeId }) {
    await lockCounting(tx, programmeId);
    if (await hasGrown(tx, programmeId)) await countNames(tx, programmeId, now);
    return { result: {}, subject: { type: 'programme', id: programmeId } };
  },
});
