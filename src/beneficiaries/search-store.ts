import { atMost, type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { lineColumns, lineTables, type SealedLine } from './lines.ts';

/** How well somebody fits what was asked, the best first. */
export const ranks = ['number', 'spelling', 'sound', 'most_words'] as const;

/** Somebody who was found. */
export interface Found extends SealedLine {
  readonly programmeId: string;
  /** Position in {@link ranks}. */
  readonly rank: number;
  /** Whose record was found: their own, or one that was merged into theirs. */
  readonly foundId: string;
}

/** Where a page begins: after this record of this rank. */
export interface Place {
  readonly rank: number;
  readonly foundId: string;
}

/** The keys of one word of a name in one programme: of its spelling, and of every way in which it may be read. */
export interface WordKeys {
  readonly programmeId: string;
  readonly exact: string;
  readonly sounds: readonly string[];
}

/** So many keys are read in their order in the time in which one is looked for. */
const CLOSE = 10;
const FEW = 200;

/** Nobody's identifier comes before this one. */
const first = '00000000-0000-0000-0000-000000000000';

const found = sql`select ${lineColumns}, e.programme_id as "programmeId", hit.rank, hit.id as "foundId"`;

/** People by a registration number or by keys of documents and telephones, each once, as the record that goes on. */
export const peopleByNumber = (
  db: Db,
  programmeIds: readonly string[],
  registrationNumber: string | undefined,
  keys: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<Found[]> =>
  db.all(sql`${found} from (
      select 0 as rank, coalesce(m.merged_into, m.id) as id from beneficiaries m where m.id in (
        select beneficiary_id from beneficiary_keys where key = any(${keys}::bigint[])
        union all select id from beneficiaries where registration_number = ${registrationNumber ?? null})
      group by 2) hit
    join (${lineTables}) on b.id = hit.id
    where e.programme_id = any(${programmeIds}::uuid[]) and b.data_key is not null and hit.id > ${after ?? first}::uuid
    order by hit.id limit ${atMost(limit)}`);

/**
 * People by the words of their name, ranked, those of one rank in the order they were registered. Each rank begins at the rarest word, so
 * that the most common name costs no more than a page of it, and a rank is not begun before those above it are through.
 * @param words each word in each programme that is searched, none twice
 */
export const peopleByName = (tx: Tx, words: readonly WordKeys[], place: Place | undefined, limit: number): Promise<Found[]> => {
  const { rank, foundId } = place ?? { rank: 1, foundId: first };
  /** @param keys one for each row of `word`, or several */
  const ranked = (wanted: number, keys: Sql, fits: Sql, left: Sql, { bearers = unnumbered, also = sql`true` } = {}): Sql =>
    wanted < rank
      ? sql`select null::uuid as id limit 0`
      : // Who may be read in two of the ways is found by both.
        sql`select distinct people.id from ${keys} cross join lateral (
            select m.id from (
              -- Only who has the words is looked at otherwise.
              select k.beneficiary_id from ${bearers(wanted === rank ? foundId : first)} ${fits} order by k.beneficiary_id offset 0
            ) k join beneficiaries m on m.id = k.beneficiary_id
            where ${also} and ${shown} order by k.beneficiary_id limit ${atMost(limit)}) people
          order by people.id limit ${left}`;
  const readings = words.flatMap(({ programmeId, exact, sounds }) => sounds.map((sound) => ({ programmeId, exact, sound })));
  // Nothing that a plan could be bettered by is known before the keys are counted, and planning takes longer than finding.
  tx.defer(sql`set local plan_cache_mode = force_generic_plan`);
  return tx.all(sql`
    with word as materialized (
      select programme_id, exact, sounds, count(*) over (partition by programme_id) as words,
        row_number() over (partition by programme_id order by spelled, exact) as by_spelling,
        row_number() over by_sound as by_sound, lead(sounding) over by_sound < ${CLOSE} * sounding as next_is_close
      from (select programme_id, exact, array_agg(sound) as sounds, ${people(sql`w.exact`)} as spelled, sum(${people(sql`w.sound`)}) as sounding
        from unnest(${readings.map(({ programmeId }) => programmeId)}::uuid[], ${readings.map(({ exact }) => exact)}::bigint[],
          ${readings.map(({ sound }) => sound)}::bigint[]) as w (programme_id, exact, sound) group by programme_id, exact) counted
      window by_sound as (partition by programme_id order by sounding, exact)),
    spelling as (${ranked(1, sql`(select word.*, exact as key from word where by_spelling = 1) one`, spelledSame, atMost(limit))}),
    sounding as (${ranked(
      2,
      sql`(select word.*, unnest(sounds) as key from word where by_sound = 1) one`,
      soundsSame,
      sql`${atMost(limit)} - (select count(*) from spelling)`,
      { bearers: numbered, also: spelledOtherwise },
    )}),
    most as (${ranked(
      3,
      // Whoever lacks one word has the rarest of them or the one after it.
      sql`(select word.*, unnest(sounds) as key from word where by_sound <= 2 and words > 1) one`,
      sql`(select count(*) from word other where ${soundLacks}) = 1`,
      sql`${atMost(limit)} - (select count(*) from spelling) - (select count(*) from sounding)`,
    )})
    ${found} from (select 1 as rank, id from spelling union all select 2, id from sounding union all select 3, id from most) hit
    join beneficiaries m on m.id = hit.id
    join (${lineTables}) on b.id = coalesce(m.merged_into, m.id)
    where e.programme_id = any(${words.map(({ programmeId }) => programmeId)}::uuid[])
    order by hit.rank, hit.id`);
};

/** Whoever has the key of `one`, in their order: `k`. @param after whom they come after */
const unnumbered = (after: string): Sql => sql`beneficiary_keys k where k.key = one.key and k.beneficiary_id > ${after}::uuid and`;
const numbered = (after: string): Sql => sql`(select k.beneficiary_id, row_number() over (order by k.beneficiary_id) as place
  from ${unnumbered(after)} true) k where`;

/** How common a word is: the people in a million who have it, or where that is not known how many have it, as far as it matters. */
const people = (key: Sql): Sql => sql`coalesce(
  (select f.share * 1000000 from name_frequencies f where f.programme_id = w.programme_id and f.key = ${key}),
  (select count(*) from (select from beneficiary_keys k where k.key = ${key} limit 300) few))`;

/** The words beside the one that somebody `k` was found by, or all of them. */
const [others, all] = [sql`other.programme_id = one.programme_id and other.exact <> one.exact`, sql`other.programme_id = one.programme_id`];
const has = (keys: Sql): Sql =>
  sql`exists (select from beneficiary_keys h where h.key = ${keys} and h.beneficiary_id = k.beneficiary_id offset 0)`;
const spelledSame = sql`not exists (select from word other where ${others} and not ${has(sql`other.exact`)})`;
const spelledOtherwise = sql`exists (select from word other where ${all} and not ${has(sql`other.exact`)})`;
// Most names are read in one way or two, and looking for one key costs less than for any of several.
const soundLacks = sql`${others} and not ${has(sql`other.sounds[1]`)} and (other.sounds[2] is null or not ${has(sql`other.sounds[2]`)})
  and (other.sounds[3] is null or not ${has(sql`any(other.sounds[3:])`)})`;
// After the first few, everybody who has the second word is fetched at once where that takes less than to look for each who has the first.
const soundsSame = sql`case when k.place > ${FEW} and one.next_is_close
  then k.beneficiary_id in (select h.beneficiary_id from beneficiary_keys h where h.key in (select unnest(sounds) from word where by_sound = 2))
    and not exists (select from word other where other.by_sound > 2 and ${soundLacks})
  else not exists (select from word other where ${soundLacks}) end`;

/** The rank of somebody with these keys; null when they are not found. */
const rankWith = (
  keys: Sql,
): Sql => sql`(select case when bool_and(other.exact = any(${keys})) then 1 when bool_and(other.sounds && ${keys}) then 2
  when count(*) > 1 and count(*) filter (where not other.sounds && ${keys}) = 1 then 3 end from word other where ${all})`;

// Records that are one person's stand where the best of them does: none of the others is shown.
const shown = sql`m.data_key is not null and case when m.merged_into is null and not exists (select from beneficiaries l where l.merged_into = m.id)
  then true
  else exists (select from beneficiaries s where s.id = coalesce(m.merged_into, m.id) and s.data_key is not null) and m.id = (
    select o.id from beneficiaries o join match_profiles q on q.beneficiary_id = o.id
    where o.id = coalesce(m.merged_into, m.id) or o.merged_into = coalesce(m.merged_into, m.id)
    order by ${rankWith(sql`q.search_keys`)}, o.id limit 1) end`;
