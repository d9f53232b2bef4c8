import {
  type BegunHousehold,
  begunHouseholds,
  type Candidate,
  type DuplicateCheck,
  type FaultCode,
  householdsOfPeople,
  particularsOf,
} from '../beneficiaries/index.ts';
import type { Db } from '../platform/index.ts';
import type { StoredFile } from './file-store.ts';
import type { GoodRow, Preparation, PreparedRow, SortedRows } from './prepare.ts';
import { householdsOfSubmissions } from './row-store.ts';

/** Rows by what becomes of them, and which of the rows name households that others have begun. */
export interface PlacedRows<Who extends Candidate = Candidate> extends SortedRows<Who> {
  readonly begunElsewhere: ReadonlyMap<number, BegunHousehold>;
}

/**
 * Refuses the rows of a file that would put strangers into a household: two lists may each number their households from 1. A household that
 * another source has begun is joined by who is in it already and is to be compared, by later members of a submission that is in it, by whom
 * its own officer adds as long as it has no head from elsewhere, and by all of a file that says that it continues known households. Nobody
 * becomes the second head of one.
 */
export async function placed<Who extends Candidate>(
  db: Db,
  duplicates: DuplicateCheck,
  preparation: Preparation,
  { file, uploadedBy }: Pick<StoredFile, 'file' | 'uploadedBy'>,
  sorted: SortedRows<Who>,
): Promise<PlacedRows<Who>> {
  const begun = await begunHouseholds(db, file.programmeId, [...new Set(sorted.good.map(referenceOf))]);
  const elsewhere = sorted.good.flatMap((row) => {
    const household = begun.get(referenceOf(row));
    return household && household.sourceId !== file.id ? [{ row, household }] : [];
  });
  const isHeadless = ({ headId, headSourceId }: BegunHousehold) => headId === null || headSourceId === file.id;
  const doubtful = elsewhere.flatMap(({ row, household }): { row: GoodRow<Who>; household: BegunHousehold; code: FaultCode }[] => {
    const isHead = row.candidate.registration.relationship === 'head';
    if (isHead && !isHeadless(household)) return [{ row, household, code: 'household_has_head' }];
    const isOwn = isHeadless(household) && household.registeredBy === uploadedBy;
    return isOwn || file.continuesHouseholds ? [] : [{ row, household, code: 'household_of_others' }];
  });
  const isIn = await membership(
    db,
    duplicates,
    preparation,
    file.programmeId,
    doubtful.map(({ row }) => row),
  );
  const refused = new Map<number, FaultCode>(
    doubtful.flatMap(({ row, household, code }) => (isIn(row, household.id) ? [] : [[row.rowNumber, code] as const])),
  );
  const strangers = sorted.good.flatMap(({ candidate: _candidate, ...row }): PreparedRow[] => {
    const code = refused.get(row.rowNumber);
    return code ? [{ ...row, faults: [preparation.householdFault(code)] }] : [];
  });
  return {
    ...sorted,
    good: sorted.good.filter(({ rowNumber }) => !refused.has(rowNumber)),
    bad: [...sorted.bad, ...strangers],
    begunElsewhere: new Map(elsewhere.map(({ row, household }) => [row.rowNumber, household])),
  };
}

const referenceOf = ({ candidate }: GoodRow): string => candidate.registration.household.reference;

/** Tells whether a row is somebody of a household already, or its submission is. */
async function membership(
  db: Db,
  duplicates: DuplicateCheck,
  { holdThreshold }: Preparation,
  programmeId: string,
  rows: readonly GoodRow[],
): Promise<(row: GoodRow, householdId: string) => boolean> {
  if (rows.length === 0) return () => false;
  const people = rows.map(({ candidate: { registration, place } }) => particularsOf(registration, place));
  const likeliest = (await duplicates.probe(db, programmeId, people)).map((likeness) =>
    likeness && likeness.probability >= holdThreshold ? likeness.beneficiaryId : undefined,
  );
  const households = await householdsOfPeople(
    db,
    likeliest.flatMap((id) => id ?? []),
  );
  const ofSubmissions = await householdsOfSubmissions(
    db,
    programmeId,
    rows.flatMap(({ partOf }) => partOf ?? []),
  );
  const known = new Map(
    rows.map(({ rowNumber, partOf, candidate: { registration } }, i) => [
      rowNumber,
      [
        households.get(likeliest[i] ?? ''),
        // A later member, and no second head.
        registration.relationship !== 'head' && partOf && ofSubmissions.get(partOf.toString('hex')),
      ],
    ]),
  );
  return ({ rowNumber }, householdId) => known.get(rowNumber)?.includes(householdId) === true;
}
