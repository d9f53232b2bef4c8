import { brokenConstraint, command, newId, type Problem, problem, type Tx } from '../../platform/index.ts';
import { endEnrolmentsOf } from '../devices/store.ts';
import { counter } from '../permissions.ts';
import { accessProblem } from '../problems.ts';
import type { ScopeKind } from '../roles.ts';
import { faultsOf } from '../rules.ts';
import { endSessionsOf } from '../sessions.ts';
import { endGrant, findGrant, findUser, insertGrant, placeOf } from '../store.ts';
import type { NewRole, RoleGrant } from '../types.ts';
import { say } from '../words.ts';

/**
 * Gives somebody a role. An administrator of one programme grants roles within that programme alone. The user's sessions end, so that no token
 * from before is worth more than it was: they sign in again with both factors, and where the role has them use PINs, enrol again.
 * @throws not_found; unprocessable when a place or a date is wrong; separation_of_duties to oneself; incompatible_roles naming the pair; conflict
 *   when the role is held already
 */
export const grantRole = command<NewRole & { userId: string }, RoleGrant>({
  name: 'access.grant_role',
  scope: placeOf,
  async run({ tx, actor, now }, { userId, ...role }) {
    if (!(await findUser(tx, userId, now))) throw problem.not_found('There is no such record.');
    const faults = faultsOf(role, now);
    if (faults.length > 0) throw problem.unprocessable(say('role_unfit'), {}, faults);
    const id = newId();
    try {
      await insertGrant(tx, id, userId, role, actor.id, now);
    } catch (error) {
      throw refusalOf(error, role.role) ?? error;
    }
    await endSessionsOf(tx, userId, now, 'role granted');
    await endPinsOfRole(tx, userId, role, now);
    const grant = await findGrant(tx, userId, id);
    if (!grant) throw new Error('a role that was just granted is there');
    return { result: grant, subject: { type: 'user', id: userId }, after: grant };
  },
});

// The constraints decide, so that two grants at once cannot slip past each other.
function refusalOf(error: unknown, role: string): Problem | undefined {
  switch (brokenConstraint(error)) {
    case 'role_grants_programme_id_fkey':
      return noSuchPlace('programme');
    case 'role_grants_office_id_fkey':
      return noSuchPlace('office');
    case 'role_grants_fund_id_fkey':
      return noSuchPlace('fund');
    case 'role_grants_once':
      return problem.conflict(say('role_held'));
    case 'role_grants_compatible': {
      const held = error instanceof Error && 'detail' in error ? String(error.detail) : '';
      return accessProblem.incompatible_roles(say('roles_incompatible', { held, role }), { held, role });
    }
    default:
      return undefined;
  }
}

// When a role is granted too: one that ran out by itself must not bring the PIN back that was chosen under it.
async function endPinsOfRole(
  tx: Tx,
  userId: string,
  { role, officeId }: Pick<RoleGrant | NewRole, 'role' | 'officeId'>,
  now: Date,
): Promise<void> {
  if (counter.includes(role)) await endEnrolmentsOf(tx, userId, now, officeId ?? null);
}

const noSuchPlace = (kind: ScopeKind): Problem =>
  problem.unprocessable(say('role_unfit'), {}, [{ pointer: `/${kind}Id`, detail: say(`${kind}_none`) }]);

/**
 * Ends a role now, and with it the user's sessions, and the PINs that it was used with.
 * @throws not_found; conflict when it has ended already
 */
export const endRole = command<{ userId: string; grantId: string }, RoleGrant>({
  name: 'access.end_role',
  async scope(db, { userId, grantId }) {
    const grant = await findGrant(db, userId, grantId);
    if (!grant) throw problem.not_found('There is no such record.');
    return placeOf(db, grant);
  },
  async run({ tx, now }, { userId, grantId }) {
    const before = await findGrant(tx, userId, grantId);
    const grant = await endGrant(tx, grantId, now);
    if (!grant) throw problem.conflict(say('role_ended'));
    await endSessionsOf(tx, userId, now, 'role ended');
    if (before) await endPinsOfRole(tx, userId, before, now);
    return { result: grant, subject: { type: 'user', id: userId }, before, after: grant };
  },
});
