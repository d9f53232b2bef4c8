import {
  type BegunHousehold,
  begunHouseholds,
  type Candidate,
  householdsOfPeople,
  particularsOf,
  type Rehearsed,
  type Resemblance,
} from '../beneficiaries/index.ts';
import type { Db } from '../platform/index.ts';
import type { StoredFile } from './file-store.ts';
import type { GoodRow, Preparation, PreparedRow, SortedRows } from './prepare.ts';
import { fileRowsOf, householdsOfSubmissions } from './row-store.ts';
import type { RowFault } from './rows.ts';

/** Rows by what becomes of them, and which of the rows name households that others have begun. */
export interface PlacedRows<Who extends Candidate = Candidate> extends SortedRows<Who> {
  readonly begunElsewhere: ReadonlyMap<number, BegunHousehold>;
}

/** What is known around the rows of a batch. */
export interface Surroundings {
  readonly db: Db;
  readonly preparation: Preparation;
  readonly stored: Pick<StoredFile, 'file' | 'uploadedBy'>;
  /** Whom rows resemble, by row; {@link rehearsedAs} makes people of them. */
  resembling(rows: readonly GoodRow[]): Promise<ReadonlyMap<number, readonly Resemblance[]>>;
  /** The row before these that is the head of a household, as long as nobody of the file has been entered. */
  headOf?(reference: string): number | undefined;
}

/**
 * Refuses the rows of a file that would put strangers into a household: two lists may each number their households from 1. A household that
 * another source has begun is joined by who is in it already and is to be compared, by later members of a submission that is in it, by whom
 * its own officer adds as long as it has no head from elsewhere, and by all of a file that says that it continues known households. Nobody
 * becomes the second head of one; who may be the head, named again, is taken, and a person decides on the two.
 */
export async function placed<Who extends Candidate>(around: Surroundings, sorted: SortedRows<Who>): Promise<PlacedRows<Who>> {
  const { db, stored } = around;
  const begun = await begunHouseholds(db, stored.file.programmeId, [...new Set(sorted.good.map(referenceOf))]);
  const elsewhere = new Map(
    sorted.good.flatMap((row) => {
      const household = begun.get(referenceOf(row));
      return household && household.sourceId !== stored.file.id ? [[row.rowNumber, household] as const] : [];
    }),
  );
  const strange = await strangers(around, sorted.good, elsewhere);
  const joining = sorted.good.filter(({ rowNumber }) => !strange.has(rowNumber));
  const refused = new Map([...strange, ...(await secondHeads(around, joining, begun))]);
  const bad = sorted.good.flatMap(({ candidate: _candidate, ...row }): PreparedRow[] => {
    const fault = refused.get(row.rowNumber);
    return fault ? [{ ...row, faults: [fault] }] : [];
  });
  return {
    ...sorted,
    good: sorted.good.filter(({ rowNumber }) => !refused.has(rowNumber)),
    bad: [...sorted.bad, ...bad],
    begunElsewhere: elsewhere,
  };
}

const referenceOf = ({ candidate }: GoodRow): string => candidate.registration.household.reference;
const isHead = ({ candidate }: GoodRow): boolean => candidate.registration.relationship === 'head';

/** Rows as people who can be compared. */
export const rehearsedAs = (rows: readonly GoodRow[]): Rehearsed[] =>
  rows.map(({ rowNumber, candidate: { registration, place } }) => ({ rowNumber, particulars: particularsOf(registration, place) }));

/** Why rows may not join households that others have begun, by row. @param elsewhere these households, by row */
async function strangers(
  around: Surroundings,
  rows: readonly GoodRow[],
  elsewhere: ReadonlyMap<number, BegunHousehold>,
): Promise<Map<number, RowFault>> {
  const { file, uploadedBy } = around.stored;
  const isHeadless = ({ headId, headSourceId }: BegunHousehold) => headId === null || headSourceId === file.id;
  const doubtful = rows.flatMap((row): { row: GoodRow; household: BegunHousehold; code: RowFault['code'] }[] => {
    const household = elsewhere.get(row.rowNumber);
    if (!household) return [];
    if (isHead(row) && !isHeadless(household)) return [{ row, household, code: 'household_has_head' }];
    const isOwn = isHeadless(household) && household.registeredBy === uploadedBy;
    return isOwn || file.continuesHouseholds ? [] : [{ row, household, code: 'household_of_others' }];
  });
  const isIn = await membership(
    around,
    doubtful.map(({ row }) => row),
  );
  return new Map(
    doubtful.flatMap(({ row, household, code }) =>
      isIn(row, household.id) ? [] : [[row.rowNumber, around.preparation.householdFault(code)] as const],
    ),
  );
}

/** Tells whether a row is somebody of a household already, or its submission is. */
async function membership(
  { db, stored, resembling }: Surroundings,
  rows: readonly GoodRow[],
): Promise<(row: GoodRow, householdId: string) => boolean> {
  if (rows.length === 0) return () => false;
  const alike = await resembling(rows);
  const peopleLike = ({ rowNumber }: GoodRow) =>
    (alike.get(rowNumber) ?? []).flatMap((one) => ('beneficiaryId' in one && one.holds ? one.beneficiaryId : []));
  const households = await householdsOfPeople(db, rows.flatMap(peopleLike));
  const ofSubmissions = await householdsOfSubmissions(
    db,
    stored.file.programmeId,
    rows.flatMap(({ partOf }) => partOf ?? []),
  );
  return (row, householdId) =>
    peopleLike(row).some((id) => households.get(id) === householdId) ||
    // A later member, and no second head.
    (!isHead(row) && row.partOf !== undefined && ofSubmissions.get(row.partOf.toString('hex')) === householdId);
}

/** Whoever is the head of a household before a row says that they are: of a row of the file that is not entered, or entered, from a row of it or not. */
interface FirstHead {
  readonly row?: number;
  readonly id?: string;
  /** As it was counted when it was entered. */
  readonly sourceRow?: number;
}

/** Why rows may not be heads of their households, by row: another row of the file is, or somebody who came in meanwhile, and they are another person. */
async function secondHeads(
  { db, stored: { file }, preparation, resembling, headOf = () => undefined }: Surroundings,
  rows: readonly GoodRow[],
  begun: ReadonlyMap<string, BegunHousehold>,
): Promise<Map<number, RowFault>> {
  const heads = new Map<string, FirstHead>();
  const inBatch = new Map<number, GoodRow>();
  const seconds: { row: GoodRow; head: FirstHead }[] = [];
  const entered = (reference: string): FirstHead | undefined => {
    const { sourceId, headId, headSourceId, headRow } = begun.get(reference) ?? { headId: null };
    if (headId === null || (sourceId !== file.id && headSourceId !== file.id)) return undefined;
    return { id: headId, ...(headSourceId === file.id && headRow !== null ? { sourceRow: headRow } : {}) };
  };
  for (const row of rows.filter(isHead)) {
    const reference = referenceOf(row);
    const before = headOf(reference);
    const head = heads.get(reference) ?? (before === undefined ? entered(reference) : { row: before });
    if (head) seconds.push({ row, head });
    else {
      heads.set(reference, { row: row.rowNumber });
      inBatch.set(row.rowNumber, row);
    }
  }
  if (seconds.length === 0) return new Map();
  const firsts = new Set(seconds.flatMap(({ head }) => inBatch.get(head.row ?? 0) ?? []));
  const alike = await resembling([...firsts, ...seconds.map(({ row }) => row)].sort((a, b) => a.rowNumber - b.rowNumber));
  const isAgain = ({ rowNumber }: GoodRow, { row, id }: FirstHead) =>
    alike.get(rowNumber)?.some((one) => ('earlierRow' in one ? one.earlierRow === row : one.beneficiaryId === id));
  const others = seconds.filter(({ row, head }) => !isAgain(row, head));
  const fileRows = await fileRowsOf(
    db,
    file.id,
    others.flatMap(({ head }) => head.sourceRow ?? []),
  );
  return new Map(
    others.map(({ row, head }) => {
      const first = head.row ?? fileRows.get(head.sourceRow ?? 0);
      return [row.rowNumber, preparation.householdFault(first === undefined ? 'household_has_head' : 'household_head_twice', first)];
    }),
  );
}
