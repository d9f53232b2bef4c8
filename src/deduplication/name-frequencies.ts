import { nameKey } from '../beneficiaries/index.ts';
import type { Frequencies } from '../matching/index.ts';
import { command, type Db, type KeyRing, Recent, type Sql, sql, type Tx } from '../platform/index.ts';

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
  const rows = await db.all<Share>(sql`select key::text, share from name_frequencies where programme_id = ${programmeId}`);
  const frequencies = frequenciesIn(keyRing, programmeId, rows);
  counted.set(programmeId, { at: countedAt.getTime(), frequencies });
  return frequencies;
}

interface Share {
  readonly key: string;
  readonly share: number;
}

function frequenciesIn(keyRing: KeyRing, programmeId: string, rows: readonly Share[]): Frequencies {
  const shares = new Map(rows.map(({ key, share }) => [key, share]));
  const bySound = new Recent<string, number>(SOUNDS_KEPT);
  return {
    of(sound) {
      const known = bySound.get(sound);
      if (known !== undefined) return known || undefined;
      const share = shares.get(nameKey(keyRing, programmeId, 'sound', sound));
      bySound.set(sound, share ?? 0);
      return share;
    },
  };
}

/** From how many people more on the names of so many are counted anew. */
export const enoughMore = (people: number): number => Math.floor(people * growthOf(people)) + 1;

/**
 * Whether a programme has grown by enough since its names were counted: a tenth, and a large one a quarter. Identifiers grow with time, so only people who came since are
 * looked at, and no more of them than it takes.
 */
export async function hasGrown(db: Db, programmeId: string): Promise<boolean> {
  const last = await db.first<{ people: number; lastId: string | null }>(
    sql`select people, last_id as "lastId" from name_counts where programme_id = ${programmeId}`,
  );
  const enough = enoughMore(last?.people ?? 0);
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

/** As {@link lockCounting}, and whoever finds somebody else counting does not wait. @returns whether it is theirs to count */
export async function tryCounting(tx: Tx, programmeId: string): Promise<boolean> {
  const row = await tx.first<{ ours: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`name_counts/${programmeId}`}, 0)) as ours`,
  );
  return row?.ours === true;
}

/** Of so many people about as many as tell enough. */
const sampled = (people: number): Sql => sql`tablesample system (${Math.min(100, (100 * ENOUGH_PEOPLE) / people)})`;
const sampleOf = (programmeId: string, people: number): Sql =>
  sql`select search_keys from match_profiles ${sampled(people)} where programme_id = ${programmeId}`;

/** How common names are among people. @param people their `search_keys` */
const sharesAmong = (people: Sql): Sql => sql`
  with people as materialized (${people}), sampled as (select greatest(count(*), ${FEWEST_PEOPLE}) as size from people)
  select key, count(*)::float8 / max(size) as share from people, sampled, unnest(search_keys) as key
  group by key having count(*) > 1 and count(*) >= ${LEAST_SHARE}::float8 * max(size)`;

/** How common names would be in a programme, were the people of a rehearsal entered. @param people how many there would be */
export async function frequenciesWith(
  db: Db,
  keyRing: KeyRing,
  programmeId: string,
  rehearsalId: string,
  people: number,
): Promise<Frequencies> {
  const rows = await db.all<Share>(
    sql`select key::text, share from (${sharesAmong(sql`${sampleOf(programmeId, people)}
    union all select search_keys from rehearsed_people ${sampled(people)} where rehearsal_id = ${rehearsalId}`)}) counted`,
  );
  return frequenciesIn(keyRing, programmeId, rows);
}

/** How many people a programme has, and how many it had when its names were counted. */
export async function peopleCounted(db: Db, programmeId: string): Promise<{ people: number; counted: number }> {
  const row = await db.first<{ people: number; counted: number }>(sql`
    select (select count(*) from enrolments where programme_id = ${programmeId})::int as people,
      coalesce((select people from name_counts where programme_id = ${programmeId}), 0) as counted`);
  return row ?? { people: 0, counted: 0 };
}

/** Counts how many people a programme has and how common their names are. */
export async function countNames(tx: Tx, programmeId: string, at: Date): Promise<void> {
  const row = await tx.first<{ people: number; lastId: string | null }>(sql`select count(*)::int as people,
    (select beneficiary_id from enrolments where programme_id = ${programmeId} order by beneficiary_id desc limit 1) as "lastId"
    from enrolments where programme_id = ${programmeId}`);
  if (!row?.lastId) return;
  await tx.run(sql`delete from name_frequencies where programme_id = ${programmeId}`);
  await tx.run(sql`insert into name_frequencies (programme_id, key, share)
    select ${programmeId}, key, share from (${sharesAmong(sampleOf(programmeId, row.people))}) counted`);
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
