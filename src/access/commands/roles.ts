import { brokenConstraint, command, newId, type Problem, problem } from '../../platform/index.ts';
import { accessProblem } from '../problems.ts';
import { faultsOf } from '../rules.ts';
import { endGrant, findGrant, findUser, insertGrant } from '../store.ts';
import type { NewRole, RoleGrant } from '../types.ts';

/**
 * Gives somebody a role. An administrator of one programme grants roles within that programme alone.
 * @throws not_found; unprocessable when a place or a date is wrong; forbidden to oneself; incompatible_roles naming the pair; conflict
 *   when the role is held already
 */
export const grantRole = command<NewRole & { userId: string }, RoleGrant>({
  name: 'access.grant_role',
  scope: (_db, { programmeId, officeId, fundId }) => ({ programme: programmeId, office: officeId, fund: fundId }),
  async run({ tx, actor, now }, { userId, ...role }) {
    if (!(await findUser(tx, userId, now))) throw problem.not_found('There is no such user.');
    const faults = faultsOf(role, now);
    if (faults.length > 0) throw problem.unprocessable('The role cannot be granted like this.', {}, faults);
    const id = newId();
    try {
      await insertGrant(tx, id, userId, role, actor.id, now);
    } catch (error) {
      throw refusalOf(error, role.role) ?? error;
    }
    const { programmeId = null, officeId = null, fundId = null, endsAt = null } = role;
    const grant: RoleGrant = { id, role: role.role, programmeId, officeId, fundId, endsAt };
    return { result: grant, subject: { type: 'user', id: userId }, after: grant };
  },
});

// The constraints decide, so that two grants at once cannot slip past each other.
function refusalOf(error: unknown, role: string): Problem | undefined {
  switch (brokenConstraint(error)) {
    case 'role_grants_not_to_oneself':
      return problem.forbidden('Nobody grants a role to themselves. Ask another administrator.');
    case 'role_grants_once':
      return problem.conflict('This role is held already.');
    case 'role_grants_compatible': {
      const held = error instanceof Error && 'detail' in error ? String(error.detail) : '';
      return accessProblem.incompatible_roles(`Nobody is both ${held} and ${role}. End the one before granting the other.`, { held, role });
    }
    default:
      return undefined;
  }
}

/**
 * Ends a role now.
 * @throws not_found; conflict when it has ended already
 */
export const endRole = command<{ userId: string; grantId: string }, RoleGrant>({
  name: 'access.end_role',
  async scope(db, { userId, grantId }) {
    const grant = await findGrant(db, userId, grantId);
    if (!grant) throw problem.not_found('There is no such record.');
    return { programme: grant.programmeId ?? undefined, office: grant.officeId ?? undefined, fund: grant.fundId ?? undefined };
  },
  async run({ tx, now }, { userId, grantId }) {
    const before = await findGrant(tx, userId, grantId);
    const grant = await endGrant(tx, grantId, now);
    if (!grant) throw problem.conflict('This role has ended already.');
    return { result: grant, subject: { type: 'user', id: userId }, before, after: grant };
  },
});
