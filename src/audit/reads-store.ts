import { newId, type PersonRead, type Sql, sql, type Tx } from '../platform/index.ts';

/** How the rooms above say where people are; each takes the expression of an identifier. */
export interface ReadPlaces {
  /** The programme of a person. */
  programmeOf(beneficiaryId: Sql): Sql;
  /** The programme of what people were read in, by its kind. */
  readonly programmeOfSource: Readonly<Record<string, (id: Sql) => Sql>>;
  /** Whether a programme asks that every reader says what for. */
  demandsPurpose(programmeId: Sql): Sql;
}

/** Somebody who has just gone over the number of people that one reader may be shown in an hour without a word. */
export interface Crossing {
  readonly actorId: string;
  readonly people: number;
}

const hourOf = (now: Date): Date => new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);

const rowOf = (read: PersonRead, isDemanded: boolean) => ({
  id: newId(),
  actor_id: read.reader.id,
  actor_kind: read.reader.kind,
  session_id: read.reader.sessionId ?? read.reader.keyId ?? null,
  purpose: read.purpose,
  purpose_stated: read.isStated,
  operation: read.operation,
  programme_id: read.programmeId,
  beneficiary_ids: read.beneficiaryIds,
  source_type: read.source?.type ?? null,
  source_id: read.source?.id ?? null,
  request_id: read.requestId,
  may_be_refused: read.canBeRefused && !read.isStated,
  is_demanded: isDemanded,
});

/**
 * Keeps readings, and counts the people for their readers, in one statement; who is read in a file is counted by whoever hands it out. A
 * reading whose purpose should have been stated is not kept.
 * @param demandsAll whether the whole platform asks that the purpose is stated
 * @returns for each reading whether it was kept, and who went over the limit by these
 */
export async function insertReads(
  tx: Tx,
  now: Date,
  reads: readonly PersonRead[],
  { places, demandsAll, peoplePerHour }: { places: ReadPlaces; demandsAll: boolean; peoplePerHour: number },
): Promise<{ kept: boolean[]; crossings: Crossing[] }> {
  const rows = reads.map((read) => rowOf(read, demandsAll));
  const place = Object.entries(places.programmeOfSource).reduce(
    (all, [type, of]) => sql`${all} when ${type} then ${of(sql`g.source_id::uuid`)}`,
    sql`case g.source_type`,
  );
  const answer = await tx.first<{ kept: string[] | null; crossings: Crossing[] | null }>(sql`
    with given as materialized (
      select g.*, coalesce(g.programme_id, ${places.programmeOf(sql`g.beneficiary_ids[1]`)}, ${place} end) as place
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, actor_id uuid, actor_kind text, session_id uuid, purpose text,
        purpose_stated boolean, operation text, programme_id uuid, beneficiary_ids uuid[], source_type text, source_id text,
        request_id text, may_be_refused boolean, is_demanded boolean)
    ), kept as (
      insert into person_reads (id, at, actor_id, actor_kind, session_id, purpose, purpose_stated, operation, programme_id,
        beneficiary_ids, source_type, source_id, request_id)
      select id, ${now}, actor_id, actor_kind, session_id, purpose, purpose_stated, operation, place, beneficiary_ids, source_type,
        source_id, request_id
      from given where not (may_be_refused and (is_demanded or ${places.demandsPurpose(sql`place`)}))
      returning id, actor_id, actor_kind, beneficiary_ids, source_id
    ), added as (
      select actor_id, sum(cardinality(beneficiary_ids)) as people from kept
      where actor_kind <> 'system' and source_id is null group by actor_id order by actor_id
    ), counted as (
      insert into read_counts (actor_id, hour, people) select actor_id, ${hourOf(now)}::timestamptz, people from added
      on conflict (actor_id, hour) do update set people = read_counts.people + excluded.people
      returning actor_id, people
    )
    select (select array_agg(id::text) from kept) as kept,
      (select jsonb_agg(jsonb_build_object('actorId', c.actor_id, 'people', c.people)) from counted c join added using (actor_id)
        where c.people > ${peoplePerHour}::bigint and c.people - added.people <= ${peoplePerHour}::bigint) as crossings`);
  const kept = new Set(answer?.kept);
  return { kept: rows.map(({ id }) => kept.has(id)), crossings: answer?.crossings ?? [] };
}

/** How many different people somebody was shown since the hour began. */
export async function differentPeople(tx: Tx, now: Date, actorId: string): Promise<number> {
  const row = await tx.first<{ people: number }>(sql`select count(distinct person)::int as people
    from person_reads r cross join unnest(r.beneficiary_ids) person where r.actor_id = ${actorId} and r.at >= ${hourOf(now)}`);
  return row?.people ?? 0;
}

/** Forgets counts that no alert needs any more. */
export const forgetReadCounts = (tx: Tx, before: Date): Promise<number> => tx.run(sql`delete from read_counts where hour < ${before}`);
