import { type CommandContext, command, dateIn, placesWrong, problem, type Tx } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { type Collector, endStandingCollector, insertCollector, type NewCollector } from './collector-store.ts';
import { type Fault, placesOf } from './faults.ts';
import { householdScope } from './household-queries.ts';
import { countMembers, type HouseholdRow, lockHousehold, updateHousehold } from './household-store.ts';
import { documentFaults, nameFaults } from './identity-rules.ts';
import { changeable, lockPerson, writeChange } from './person-changes.ts';
import { lockBeneficiary } from './store.ts';
import { say } from './words.ts';

interface Changing {
  readonly householdId: string;
  /** The household's, as it was read. */
  readonly version: number;
  readonly change: { readonly size?: number; readonly headId?: string };
  readonly reason: string;
}

/**
 * Changes the size or the head of a household that is still as the caller read it. The relationships of the old head and the new one
 * follow, as changes of theirs.
 * @throws not_found; conflict when it has changed since; unprocessable when the head is no member, or the size
 *   becomes less than the members who are registered
 */
export const changeHousehold = command<Changing, null>({
  name: 'beneficiaries.change_household',
  scope: (db, { householdId }) => householdScope(db, householdId),
  async run(context, { householdId, version, change, reason }) {
    const { tx, actor, now } = context;
    const before = await lockedHousehold(tx, householdId);
    if (before.version !== version) throw problem.conflict(say('household_changed'));
    if (change.size !== undefined && change.size < before.size && change.size < (await countMembers(tx, before))) {
      throw placesWrong(placesOf([{ pointer: '/size', code: 'size_below_members' }]));
    }
    if (change.headId && change.headId !== before.headId) await changeHead(context, before, change.headId, reason);
    const after = await updateHousehold(tx, before, change, { reason, by: actor.id, at: now });
    return { result: null, subject: { type: 'household', id: householdId }, before, after, reason };
  },
});

async function lockedHousehold(tx: Tx, householdId: string): Promise<HouseholdRow> {
  const household = await lockHousehold(tx, householdId);
  if (!household) throw problem.not_found('There is no such record.');
  return household;
}

async function changeHead(context: CommandContext, household: HouseholdRow, headId: string, reason: string): Promise<void> {
  const { tx, keyRing } = context;
  const row = await lockBeneficiary(tx, headId);
  if (row?.household.id !== household.id) {
    throw placesWrong(placesOf([{ pointer: '/headId', code: 'not_a_member' }]));
  }
  const person = await lockPerson(tx, keyRing, headId);
  await writeChange(context, person, { ...person.before, relationship: 'head' }, household.id, reason);
  const formerRow = household.headId ? await lockBeneficiary(tx, household.headId) : undefined;
  // A record that was merged or erased stays as it is.
  const former = formerRow && changeable(keyRing, formerRow);
  if (former) await writeChange(context, former, { ...former.before, relationship: 'other' }, household.id, reason);
}

/**
 * Lets somebody who is no member collect for a household until a day.
 * @throws not_found; unprocessable naming every fault; conflict when three stand already
 */
export const addCollector = command<{ householdId: string; collector: NewCollector }, Collector>({
  name: 'beneficiaries.add_collector',
  scope: (db, { householdId }) => householdScope(db, householdId),
  async run({ tx, keyRing, actor, now }, { householdId, collector }) {
    const { programmeId } = await lockedHousehold(tx, householdId);
    const today = await todayOf(tx, programmeId, now);
    const faults = collectorFaults(collector, today);
    if (faults.length > 0) throw placesWrong(placesOf(faults));
    const result = await insertCollector(tx, keyRing, householdId, collector, { by: actor.id, at: now, today });
    if (!result) throw problem.conflict(say('collectors_enough'));
    return { result, subject: { type: 'household', id: householdId }, after: result };
  },
});

const collectorFaults = ({ names, document, validUntil }: NewCollector, today: string): Fault[] => [
  ...nameFaults(names),
  ...documentFaults(document, '/document'),
  ...(validUntil < today ? [{ pointer: '/validUntil', code: 'valid_until_past' as const }] : []),
];

/** No longer lets somebody collect for a household, from now on. @throws not_found; conflict when there is no such collector to end */
export const endCollector = command<{ householdId: string; collectorId: string; reason: string }, Collector>({
  name: 'beneficiaries.end_collector',
  scope: (db, { householdId }) => householdScope(db, householdId),
  async run({ tx, keyRing, actor, now }, { householdId, collectorId, reason }) {
    const { programmeId } = await lockedHousehold(tx, householdId);
    const today = await todayOf(tx, programmeId, now);
    const result = await endStandingCollector(tx, keyRing, householdId, collectorId, { by: actor.id, at: now, today });
    if (!result) throw problem.conflict(say('collector_none'));
    return { result, subject: { type: 'household', id: householdId }, after: result, reason };
  },
});

async function todayOf(tx: Tx, programmeId: string, now: Date): Promise<string> {
  const { programme } = await programmeById(tx, programmeId);
  return dateIn(programme.timeZone, now);
}
