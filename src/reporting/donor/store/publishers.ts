import { type Db, sql, type Tx } from '../../../platform/index.ts';

/** Who publishes on a fund and who gave it, by their identifiers (iatistandard.org, code list OrganisationType). */
export interface Publisher {
  readonly organisationRef: string;
  readonly organisationName: string;
  readonly organisationType: string;
  readonly donorRef: string | null;
  readonly donorType: string | null;
  /** How often what the fund did is published by itself. */
  readonly publishes: 'monthly' | 'quarterly' | 'by_hand';
  readonly version: number;
}

export const findPublisher = (db: Db, fundId: string): Promise<Publisher | undefined> =>
  db.first(sql`select organisation_ref as "organisationRef", organisation_name as "organisationName", organisation_type as "organisationType",
    donor_ref as "donorRef", donor_type as "donorType", publishes, version from report_publishers where fund_id = ${fundId}`);

/** @returns whether it was still the version before */
export const upsertPublisher = async (tx: Tx, fundId: string, publisher: Publisher, by: string, at: Date): Promise<boolean> => {
  const { organisationRef, organisationName, organisationType, donorRef, donorType, publishes, version } = publisher;
  return (
    (await tx.run(sql`insert into report_publishers (fund_id, organisation_ref, organisation_name, organisation_type, donor_ref, donor_type, publishes, version,
        set_by, set_at) values (${fundId}, ${organisationRef}, ${organisationName}, ${organisationType}, ${donorRef},
        ${donorType}, ${publishes}, ${version}, ${by}, ${at})
      on conflict (fund_id) do update set organisation_ref = excluded.organisation_ref, organisation_name = excluded.organisation_name,
        organisation_type = excluded.organisation_type, donor_ref = excluded.donor_ref, donor_type = excluded.donor_type,
        publishes = excluded.publishes,
        version = excluded.version, set_by = excluded.set_by, set_at = excluded.set_at
      where report_publishers.version = excluded.version - 1`)) === 1
  );
};
