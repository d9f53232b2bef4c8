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
const documentsOf = ({ d = [] }: Profile): string[] => d.filter((document) => document.includes('/'));

/** In a block of more people than this, somebody is a candidate only who shares another key as well. */
const CROWD = 20;

/** Of a document number that a crowd holds, because somebody writes it where there is none, so many holders are candidates: the first. */
const FIRST_HOLDERS = 5;

/**
 * Everybody who shares a key with these people, by person. A block of more than `blockLimit` people is not looked through, because it says
 * too little about each of them, and one of a crowd alone makes nobody a candidate: of the pairs that are worth a look, all share something
 * narrower, or a second thing. The same document counts however many hold it: above `blockLimit` holders the first few of the programme are
 * found, which is enough for a person to be asked, and makes no more pairs than there are people.
 */
export async function candidatesOf(
  db: Db,
  keyRing: KeyRing,
  programmeId: string,
  seekers: readonly Seeker[],
): Promise<Map<string, readonly string[]>> {
  const entered = seekers.filter(({ keys }) => keys === undefined).map(({ id }) => id);
  const keys = seekers.flatMap(({ id, keys = [] }) => keys.map((key) => ({ id, key })));
  const documents = seekers.flatMap(({ id, profile }) =>
    documentsOf(profile).map((document) => ({ id, key: documentKey(keyRing, document) })),
  );
  const rows = await db.all<{ id: string; found: string }>(sql`
    with sought as materialized (
      select p.beneficiary_id as id, unnest(p.blocking_keys) as key from match_profiles p where p.beneficiary_id = any(${entered}::uuid[])
      union all
      select * from unnest(${keys.map(({ id }) => id)}::uuid[], ${keys.map(({ key }) => key)}::bigint[]) as k (id, key)
    ), blocks as materialized (
      select wanted.key, block.people, cardinality(block.people) as size
      from (select distinct key from sought) wanted cross join lateral (
        select array_agg(beneficiary_id) as people
        from (select beneficiary_id from beneficiary_keys b where b.key = wanted.key limit ${blockLimit + 1}) within
      ) block
      where cardinality(block.people) between 2 and ${blockLimit}
    ), documents as materialized (
      select * from unnest(${documents.map(({ id }) => id)}::uuid[], ${documents.map(({ key }) => key)}::bigint[]) as d (id, key)
    ), holders as materialized (
      -- Documents are keyed across programmes. A look-up for each holder, and no join, which might read every profile there is.
      select wanted.key, array(select k.beneficiary_id from beneficiary_keys k where k.key = wanted.key
        and (select p.programme_id from match_profiles p where p.beneficiary_id = k.beneficiary_id) = ${programmeId}
        order by k.beneficiary_id limit ${blockLimit + 1}) as people
      from (select distinct key from documents) wanted
    ), shared as (
      select s.id, unnest(b.people) as found, b.size from sought s join blocks b on b.key = s.key
      union all
      select d.id, unnest(case when cardinality(h.people) > ${blockLimit} then h.people[:${FIRST_HOLDERS}] else h.people end), 1
      from documents d join holders h on h.key = d.key
    ), found as (
      select id, found from shared where found <> id group by id, found having count(*) > 1 or min(size) <= ${CROWD}
    )
    select id, string_agg(found::text, ',') as found from found group by id`);
  return new Map(rows.map(({ id, found }) => [id, found.split(',')]));
}
