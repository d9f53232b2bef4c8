import { type CommandContext, command, dateIn, placesWrong, problem, type Tx } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { applied, changeFaults, isCompared, type PersonChange } from './change-rules.ts';
import { type Fault, placesOf } from './faults.ts';
import { ensureHouseholds, type HouseholdRow, householdNamed, lockHousehold, updateHousehold } from './household-store.ts';
import { indexPerson } from './index-person.ts';
import { type Changeable, lockPerson, type Particulars, writeChange } from './person-changes.ts';
import { findPlaces, placeFaults } from './places.ts';
import { beneficiaryScope } from './queries.ts';
import { say } from './words.ts';

interface Changing {
  readonly beneficiaryId: string;
  /** The person's, as they were read. */
  readonly version: number;
  readonly change: PersonChange;
  readonly reason: string;
}

/**
 * Changes what is known of a person who is still as the caller read them. What was before is kept, and a person who can now be taken
 * for somebody else is to be compared again.
 * @throws not_found; conflict when they have changed since, or were merged or erased; unprocessable naming every fault
 */
export const changeBeneficiary = command<Changing, { readonly version: number }>({
  name: 'beneficiaries.change',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run(context, { beneficiaryId, version, change, reason }) {
    const { tx, keyRing } = context;
    const person = await lockPerson(tx, keyRing, beneficiaryId);
    const { row, before } = person;
    if (row.version !== version) throw problem.conflict(say('person_changed'));
    const known = await householdInQuestion(tx, person, change);
    const after = await checked(context, person, change, known);
    const home = await homeOf(context, person, change, after, known, reason);
    const fields = await writeChange(context, person, after, home.id, reason);
    await settleHeads(context, person, after, home, reason);
    if (isCompared(fields)) {
      const compared = { ...after, household: { reference: after.household } };
      const place = { wilayaNumber: after.wilaya, commune: after.commune };
      await indexPerson(context, row.programmeId, beneficiaryId, compared, place);
    }
    const result = { version: fields.length > 0 ? version + 1 : version };
    return { result, subject: { type: 'beneficiary', id: beneficiaryId }, before, after, reason };
  },
});

/**
 * The household whose head the change may make of the person: the one they move to, or the one they are in when their relationship
 * changes. Undefined when neither changes, or nobody lives there yet.
 */
async function householdInQuestion(tx: Tx, { row }: Changeable, change: PersonChange): Promise<HouseholdRow | undefined> {
  if (change.household) return householdNamed(tx, row.programmeId, change.household.reference);
  return change.relationship ? lockHousehold(tx, row.household.id) : undefined;
}

/** What the person becomes. @throws unprocessable */
async function checked(
  { tx, now }: CommandContext,
  { row, before }: Changeable,
  change: PersonChange,
  known: HouseholdRow | undefined,
): Promise<Particulars> {
  const { programme } = await programmeById(tx, row.programmeId);
  const after = applied(before, change);
  const isElsewhere = change.wilaya !== undefined || change.commune !== undefined;
  const stays = { wilayaNumber: before.wilaya, commune: before.commune };
  const place = isElsewhere ? (await findPlaces(tx, [after]))(after) : stays;
  const isSecondHead = after.relationship === 'head' && known?.headId && known.headId !== row.id;
  const faults: Fault[] = [
    ...changeFaults(change, after, known?.size ?? change.household?.size, dateIn(programme.timeZone, now)),
    ...placeFaults(place),
    ...(isSecondHead ? [{ pointer: '/relationship', code: 'household_has_head' as const }] : []),
  ];
  if (faults.length > 0) throw placesWrong(placesOf(faults));
  return { ...after, wilaya: place.wilayaNumber ?? '', commune: place.commune ?? '' };
}

/** The household that the person lives in afterwards, made where there is none yet. */
async function homeOf(
  { tx, actor, now }: CommandContext,
  { row }: Changeable,
  { household: wanted }: PersonChange,
  after: Particulars,
  known: HouseholdRow | undefined,
  reason: string,
): Promise<Pick<HouseholdRow, 'id'>> {
  if (!wanted) return row.household;
  if (known) return known;
  const headId = after.relationship === 'head' ? row.id : null;
  const asked = { reference: wanted.reference, size: wanted.size ?? 1, headId };
  const made = await ensureHouseholds(tx, row.programmeId, [asked], { reason, by: actor.id, at: now });
  const id = made.get(wanted.reference);
  if (!id) throw new Error('a household that was made is missing');
  return { id };
}

/** A household is headed by the member whose relationship says so. */
async function settleHeads(
  { tx, actor, now }: CommandContext,
  { row }: Changeable,
  { relationship }: Particulars,
  home: Pick<HouseholdRow, 'id'>,
  reason: string,
): Promise<void> {
  const hand = { reason, by: actor.id, at: now };
  const isHead = relationship === 'head';
  if (row.household.headId === row.id && (home.id !== row.household.id || !isHead)) {
    const left = await lockHousehold(tx, row.household.id);
    if (left) await updateHousehold(tx, left, { headId: null }, hand);
  }
  const joined = isHead ? await lockHousehold(tx, home.id) : undefined;
  if (joined && joined.headId === null) await updateHousehold(tx, joined, { headId: row.id }, hand);
}
