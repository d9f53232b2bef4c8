import { type Actor, problem, type Scope } from '../platform/index.ts';
import { type Permission, type PermissionName, permissions } from './permissions.ts';

/** How long a second factor counts as fresh. */
export const STEP_UP_MS = 5 * 60_000;

/** Whether a grant's scope reaches a record: whatever the grant names, the record must share. */
const reaches = (grant: Scope, record: Scope): boolean =>
  Object.entries(grant).every(([name, id]) => id === undefined || record[name] === id);

/** What is said about a permission, and the actor's grants that hold it. @throws Error when nothing is said */
export function grantsFor(actor: Actor, name: string): { permission: Permission; grants: Actor['grants'] } {
  const permission = (permissions as Record<string, Permission>)[name];
  if (!permission) throw new Error(`nothing is said about who may ${name}`);
  return { permission, grants: actor.grants.filter(({ role }) => (permission.roles as readonly string[]).includes(role)) };
}

/**
 * Refuses a read that an actor may not make.
 * @param scope where the record is; left out, only whether any role allows it at all is looked at
 * @throws forbidden when no role of the actor allows it; not_found when a role does, but not where the record is, so that
 *   nobody learns what exists elsewhere
 */
export function authoriseRead(actor: Actor, name: PermissionName, scope?: Scope): void {
  if (actor.kind === 'system') return;
  const { permission, grants } = grantsFor(actor, name);
  if (permission.anyone && actor.sessionId) return;
  if (grants.length === 0) throw problem.forbidden('Ask an administrator for the role that this needs.');
  if (scope && !grants.some((grant) => reaches(grant.scope, scope))) throw problem.not_found('There is no such record.');
}

/**
 * Refuses a command that an actor may not carry out: as {@link authoriseRead}, and with a fresh second factor where money moves.
 * @throws step_up_required when the second factor is older than five minutes
 */
export function authorise(actor: Actor, name: string, now: Date, scope?: Scope): void {
  if (actor.kind === 'system') return;
  authoriseRead(actor, name as PermissionName, scope);
  if (!grantsFor(actor, name).permission.stepUp) return;
  const age = actor.secondFactorAt ? now.getTime() - actor.secondFactorAt.getTime() : Number.POSITIVE_INFINITY;
  if (age > STEP_UP_MS) throw problem.step_up_required('Give the current code of your authenticator, then repeat the request.');
}
