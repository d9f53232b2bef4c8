import { command, type Db, dateIn, type KeyRing, problem, type Scope } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { type Collector, standingCollectors } from './collector-store.ts';
import {
  findHousehold,
  type HouseholdChangeRow,
  type HouseholdRow,
  householdChanges,
  type MemberRow,
  membersOf,
} from './household-store.ts';
import { openPerson } from './sealing.ts';
import type { Names } from './types.ts';

const MEMBERS_SHOWN = 100;
const CHANGES_SHOWN = 50;

/** A member as the household shows one. One who was erased has no names any more. */
export interface Member extends Omit<MemberRow, 'data_key' | 'names' | 'memberCount'> {
  readonly names: Names | null;
}

/** A household with its members, those who may collect beside them, and what was changed. */
export interface Household extends Omit<HouseholdRow, 'version'> {
  readonly memberCount: number;
  readonly members: Member[];
  readonly collectors: Collector[];
  readonly changes: (Omit<HouseholdChangeRow, 'changedAt'> & { readonly changedAt: string })[];
}

/** Where a household belongs. @throws not_found */
export async function householdScope(db: Db, householdId: string): Promise<Scope> {
  const found = await findHousehold(db, householdId);
  if (!found) throw problem.not_found('There is no such record.');
  return { programme: found.programmeId };
}

/** Opens a household. Reading it leaves a trace, so it is a command. @throws not_found */
export const readHousehold = command<{ householdId: string }, { household: Household; version: number }>({
  name: 'beneficiaries.read_household',
  scope: (db, { householdId }) => householdScope(db, householdId),
  async run({ tx, keyRing, now }, { householdId }) {
    const row = await findHousehold(tx, householdId);
    if (!row) throw problem.not_found('There is no such record.');
    const { programme } = await programmeById(tx, row.programmeId);
    const { version, ...household } = row;
    const members = await membersOf(tx, row, MEMBERS_SHOWN);
    const changes = await householdChanges(tx, householdId, CHANGES_SHOWN);
    const result = {
      ...household,
      memberCount: members[0]?.memberCount ?? 0,
      members: members.map((member) => memberOf(keyRing, member)),
      collectors: await standingCollectors(tx, keyRing, householdId, dateIn(programme.timeZone, now)),
      changes: changes.map((change) => ({ ...change, changedAt: change.changedAt.toISOString() })),
    };
    return {
      result: { household: result, version },
      subject: { type: 'household', id: householdId },
      after: members.map(({ id }) => id),
    };
  },
});

const memberOf = (keyRing: KeyRing, { data_key, names, memberCount: _, ...member }: MemberRow): Member => ({
  ...member,
  names: openPerson(keyRing, member.id, { data_key, names }, ['names'])?.names ?? null,
});
