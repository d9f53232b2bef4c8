import { documentKey } from '../beneficiaries/index.ts';
import { blockLimit, type Profile } from '../matching/index.ts';
import { type Db, type KeyRing, sql } from '../platform/index.ts';

/** Somebody whose profile is looked for under their keys: a person who is entered, or one who is not yet. */
export interface Seeker {
  readonly id: string;
  readonly profile: Profile;
  /** Blind blocking keys of somebody who is not entered; whoever is has them beside the profile. */
  readonly keys?: readonly string[];
}

/** Document numbers that the issuing country is known of: a number alone may be two people's. */
export const documentsOf = ({ d = [] }: Profile): string[] => d.filter((document) => document.includes('/'));

/** In a block of more people than this, somebody is a candidate only who shares another key as well. */
const CROWD = 20;

/** Of a crowd that shares a document number, because somebody writes it where there is none, or two large blocks, so many are candidates: the first. */
const FIRST_FOUND = 5;

/** Of blocks that are not looked through, the most telling of a person are crossed. */
const CROSSED = 3;
/** So many of each, those who came first, are asked whether they are in another. */
const FIRST_OF_BLOCK = 10;

/**
 * Everybody who shares a key with these people, by person. A block of more than `blockLimit` people is not looked through, because it says
 * too little about each of them, and one of a crowd alone makes nobody a candidate: of the pairs that are worth a look, all share something
 * narrower, or a second thing. So two such blocks are crossed: of those who are in both the first few are found. The same document counts
 * however many hold it: above `blockLimit` holders the first few of the programme are found. Either is enough for a person to be asked
 * about each newcomer, and makes no more pairs than there are people.
 * @param rehearsalId whose people count as if they were entered in the programme
 */
export async function candidatesOf(
  db: Db,
  keyRing: KeyRing,
  programmeId: string,
  seekers: readonly Seeker[],
  rehearsalId?: string,
): Promise<Map<string, readonly string[]>> {
  const entered = seekers.filter(({ keys }) => keys === undefined).map(({ id }) => id);
  const keys = seekers.flatMap(({ id, keys = [] }) => keys.map((key, place) => ({ id, key, place })));
  const documents = seekers.flatMap(({ id, profile }) =>
    documentsOf(profile).map((document) => ({ id, key: documentKey(keyRing, document) })),
  );
  // Both in the order of their index, so that of a crowd no more is read than is looked at.
  const known = rehearsalId
    ? sql`(select key, beneficiary_id from beneficiary_keys
        union all (select key, person_id from rehearsed_keys where rehearsal_id = ${rehearsalId} order by person_id))`
    : sql`beneficiary_keys`;
  const rows = await db.all<{ id: string; found: string }>(sql`
    with sought as materialized (
      -- In their order: the most telling first.
      select p.beneficiary_id as id, k.key, k.place from match_profiles p
        cross join lateral unnest(p.blocking_keys) with ordinality as k (key, place) where p.beneficiary_id = any(${entered}::uuid[])
      union all
      select * from unnest(${keys.map(({ id }) => id)}::uuid[], ${keys.map(({ key }) => key)}::bigint[],
        ${keys.map(({ place }) => place)}::bigint[]) as k (id, key, place)
    ), blocks as materialized (
      select wanted.key, block.people, cardinality(block.people) as size
      from (select distinct key from sought) wanted cross join lateral (
        select array_agg(beneficiary_id) as people
        from (select beneficiary_id from ${known} b where b.key = wanted.key
          order by beneficiary_id limit ${blockLimit + 1}) within
      ) block
      where cardinality(block.people) > 1
    ), crowds as materialized (
      select id, key, people, count(*) over (partition by id) as count from (
        select s.id, s.key, b.people[:${FIRST_OF_BLOCK}] as people, row_number() over (partition by s.id order by s.place) as place
        from sought s join blocks b on b.key = s.key where b.size > ${blockLimit}
      ) ranked where place <= ${CROSSED}
    ), documents as materialized (
      select * from unnest(${documents.map(({ id }) => id)}::uuid[], ${documents.map(({ key }) => key)}::bigint[]) as d (id, key)
    ), holders as materialized (
      -- Documents are keyed across programmes. A look-up for each holder, and no join, which might read every profile there is.
      -- Who has no profile there is of the rehearsal.
      select wanted.key, array(select k.beneficiary_id from ${known} k where k.key = wanted.key
        and coalesce((select p.programme_id from match_profiles p where p.beneficiary_id = k.beneficiary_id), ${programmeId}) = ${programmeId}
        order by k.beneficiary_id limit ${blockLimit + 1}) as people
      from (select distinct key from documents) wanted
    ), shared as (
      select s.id, unnest(b.people) as found, b.size, s.key from sought s join blocks b on b.key = s.key where b.size <= ${blockLimit}
      union all
      select d.id, unnest(case when cardinality(h.people) > ${blockLimit} then h.people[:${FIRST_FOUND}] else h.people end), 1, d.key
      from documents d join holders h on h.key = d.key
      union all
      select id, unnest(people), ${blockLimit + 1}, key from crowds where count > 1
    ), met as (
      select id, found, count(*) as met, min(size) as size, min(key) as key from shared where found <> id group by id, found
    ), counted as (
      -- In how many crowds more somebody is whom nothing narrower makes a candidate: a look-up for each of a few.
      select id, found, size, met, case when size <= ${CROWD} or met > 1 and size <= ${blockLimit} then 0 else (select count(*) from crowds c
        where c.id = met.id and c.key <> met.key
          and exists (select from ${known} k where k.key = c.key and k.beneficiary_id = met.found offset 0)) end as more
      from met
    ), ranked as (
      select id, found, size, row_number() over (partition by id, size > ${blockLimit} order by more desc, found) as place
      from counted where size <= ${CROWD} or met > 1 or more > 0
    )
    select id, string_agg(found::text, ',') as found from ranked where size <= ${blockLimit} or place <= ${FIRST_FOUND} group by id`);
  return new Map(rows.map(({ id, found }) => [id, found.split(',')]));
}
