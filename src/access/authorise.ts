import { type Actor, problem, type Scope } from '../platform/index.ts';
import { type Permission, type PermissionName, permissionNamed } from './permissions.ts';
import type { Role } from './roles.ts';
import { say } from './words.ts';

/** How long a second factor counts as fresh. */
export const STEP_UP_MS = 5 * 60_000;

/** Whether a grant's scope reaches a record: whatever the grant names, the record must share. */
const reaches = (grant: Scope, record: Scope): boolean =>
  Object.entries(grant).every(([name, id]) => id === undefined || record[name] === id);

/** What is said about a permission, and the actor's grants that hold it. @throws Error when nothing is said */
export function grantsFor(actor: Actor, name: string): { permission: Permission; grants: Actor['grants'] } {
  const permission = permissionNamed(name);
  if (actor.only?.includes(name) === false) return { permission, grants: [] };
  return { permission, grants: actor.grants.filter(({ role }) => (permission.roles as readonly string[]).includes(role)) };
}

/** Whether any role of an actor allows a read somewhere. */
export const mayRead = (actor: Actor, name: PermissionName): boolean => actor.kind === 'system' || grantsFor(actor, name).grants.length > 0;

/** Keeps the table true: a record lies in no place of a kind that its line does not name. @throws Error */
export function requireKinds(name: string, { within }: Permission, kinds: readonly string[]): void {
  const unnamed = kinds.find((kind) => within && within !== 'anywhere' && !(within as readonly string[]).includes(kind));
  if (unnamed) throw new Error(`a record of ${name} lies in a ${unnamed}, and its line in src/access/permissions.ts does not say so`);
}

/**
 * Refuses a read that an actor may not make.
 * @param scope where the record is; left out, only whether any role allows it at all is looked at
 * @param by who did what is read, where some roles reach only what their holder did
 * @throws forbidden when no role of the actor allows it; not_found when a role does, but not where the record is, so that
 *   nobody learns what exists elsewhere
 */
export function authoriseRead(actor: Actor, name: PermissionName, scope?: Scope, by?: string): void {
  if (actor.kind === 'system') return;
  const { permission, grants } = grantsFor(actor, name);
  if (permission.anyone && actor.sessionId) return;
  if (grants.length === 0) throw problem.forbidden(say('role_missing'));
  if (!scope) return;
  requireKinds(name, permission, kindsIn(scope));
  const isReached = grants.some(
    ({ role, scope: granted }) =>
      (permission.within === 'anywhere' || reaches(granted, scope)) && (by === actor.id || !permission.own?.includes(role as Role)),
  );
  if (!isReached) throw problem.not_found('There is no such record.');
}

const kindsIn = (scope: Scope): string[] => Object.keys(scope).filter((kind) => scope[kind] !== undefined);

/**
 * Refuses a command that an actor may not carry out: as {@link authoriseRead}, and with a fresh second factor where money moves.
 * @throws step_up_required when the second factor is older than five minutes
 */
export function authorise(actor: Actor, name: string, now: Date, scope?: Scope): void {
  if (actor.kind === 'system') return;
  authoriseRead(actor, name as PermissionName, scope);
  const { stepUp } = grantsFor(actor, name).permission;
  if (!stepUp) return;
  if (actor.deviceId !== undefined && stepUp !== 'pin') throw problem.step_up_required(say('pin_not_enough'));
  const given = actor.deviceId === undefined ? actor.secondFactorAt : actor.pinAt;
  const age = given ? now.getTime() - given.getTime() : Number.POSITIVE_INFINITY;
  if (age > STEP_UP_MS) throw problem.step_up_required(say('second_factor_again'));
}
