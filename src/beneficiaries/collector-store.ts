import { type Db, type KeyRing, newId, type Sql, sql, type Tx, type UnderMaster } from '../platform/index.ts';
import { documentKey, plainDocument } from './keys.ts';
import type { IdentityDocument, Names } from './types.ts';

/** Somebody who is no member and may collect for a household. */
export interface NewCollector {
  readonly names: Names;
  readonly document: IdentityDocument;
  /** The last day, an ISO 8601 date in the programme's time zone. */
  readonly validUntil: string;
}

export interface Collector extends NewCollector {
  readonly id: string;
  readonly mayCollectToday: boolean;
  readonly addedBy: string;
  readonly addedAt: string;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
}

type Row = Pick<Collector, 'id' | 'validUntil' | 'addedBy' | 'endedBy'> & {
  readonly identity: Buffer;
  readonly addedAt: Date;
  readonly endedAt: Date | null;
};

const columns = sql`id, identity, valid_until as "validUntil", added_by as "addedBy", added_at as "addedAt", ended_by as "endedBy",
  ended_at as "endedAt"`;

export const identities = {
  table: 'collectors',
  column: 'identity',
  key: 'id',
  bound: ['household_id', 'id'],
  place: ({ household_id, id }) => `households/${household_id}/collectors/${id}`,
  purpose: 'collector',
} as const satisfies UnderMaster;

const identityPlace = (householdId: string, id: string): string => identities.place({ household_id: householdId, id });

/** Who an alternate is. @param identity as the row holds it */
export const openIdentity = (
  keyRing: KeyRing,
  householdId: string,
  id: string,
  identity: Buffer,
): Pick<NewCollector, 'names' | 'document'> => JSON.parse(keyRing.open(identities.purpose, identityPlace(householdId, id), identity));

function opened(keyRing: KeyRing, householdId: string, today: string, { identity, ...row }: Row): Collector {
  const { names, document } = openIdentity(keyRing, householdId, row.id, identity);
  return {
    ...row,
    names,
    document,
    mayCollectToday: row.endedAt === null && row.validUntil >= today,
    addedAt: row.addedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** Those who stand, in the order they were added. @param today ISO 8601 date in the programme's time zone */
export async function standingCollectors(db: Db, keyRing: KeyRing, householdId: string, today: string): Promise<Collector[]> {
  const rows = await db.all<Row>(
    sql`select ${columns} from collectors where household_id = ${householdId} and ended_at is null order by id`,
  );
  return rows.map((row) => opened(keyRing, householdId, today, row));
}

/** Adds a collector in the first place that is free. @returns undefined when none is */
export async function insertCollector(
  tx: Tx,
  keyRing: KeyRing,
  householdId: string,
  { names, document, validUntil }: NewCollector,
  { by, at, today }: { by: string; at: Date; today: string },
): Promise<Collector | undefined> {
  const id = newId();
  const identity = keyRing.seal(identities.purpose, identityPlace(householdId, id), JSON.stringify({ names, document }));
  const row = await tx.first<Row>(sql`insert into collectors (id, household_id, identity, place, valid_until, added_by, added_at)
    select ${id}, ${householdId}, ${identity}, min(place), ${validUntil}, ${by}, ${at} from generate_series(1, 3) as place
    where not exists (select from collectors c where c.household_id = ${householdId} and c.place = place.place and c.ended_at is null)
    having min(place) is not null returning ${columns}`);
  return row && opened(keyRing, householdId, today, row);
}

/** @returns undefined when no such collector of the household stands */
export async function endStandingCollector(
  tx: Tx,
  keyRing: KeyRing,
  householdId: string,
  id: string,
  { by, at, today }: { by: string; at: Date; today: string },
): Promise<Collector | undefined> {
  const row = await tx.first<Row>(sql`update collectors set ended_at = ${at}, ended_by = ${by}
    where id = ${id} and household_id = ${householdId} and ended_at is null returning ${columns}`);
  return row && opened(keyRing, householdId, today, row);
}

/** Works out by which key those are found again, by their documents, who have none yet. @param ids the query of their identifiers */
export async function keyCollectors(tx: Tx, keyRing: KeyRing, ids: Sql): Promise<void> {
  const rows = await tx.all<{ id: string; householdId: string; identity: Buffer }>(sql`select id, household_id as "householdId", identity
    from collectors where id in (${ids}) and document_key is null and identity is not null`);
  const keys = rows.flatMap(({ id, householdId, identity }) => {
    const { issuingCountry, number } = openIdentity(keyRing, householdId, id, identity).document;
    const document = plainDocument(issuingCountry, number);
    return document ? [{ id, key: documentKey(keyRing, document) }] : [];
  });
  if (keys.length === 0) return;
  await tx.run(sql`update collectors c set document_key = k.key
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k (id uuid, key bigint) where c.id = k.id and c.identity is not null`);
}
