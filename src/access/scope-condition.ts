import { type Actor, allOf, type Scope, type Sql, sql } from '../platform/index.ts';
import { authoriseRead, grantsFor, requireKinds } from './authorise.ts';
import type { PermissionName } from './permissions.ts';
import type { ScopeKind } from './roles.ts';

/**
 * The columns that say where a row belongs, or `any (select …)` where it belongs to several. A kind that is left out is one that no row has.
 */
export type ScopeColumns = { readonly [Kind in ScopeKind]?: Sql };

/**
 * The condition that keeps a list within an actor's scope: a row is shown when one grant names nothing that the row does not share.
 * @param list where the list itself lies, if anywhere; whoever holds a role for a smaller place sees what it holds of that
 * @throws forbidden when no role of the actor allows the read at all; not_found when every role is for places such as the list's, and none for it
 */
export function scopeCondition(actor: Actor, name: PermissionName, columns: ScopeColumns, list?: Scope): Sql {
  authoriseRead(actor, name);
  if (actor.kind === 'system') return sql`true`;
  const { permission, grants } = grantsFor(actor, name);
  requireKinds(name, permission, Object.keys(columns));
  const isOfPart = ({ scope }: Actor['grants'][number]) => Object.keys(scope).some((kind) => kind in columns && list && !(kind in list));
  if (list && !grants.some(isOfPart)) authoriseRead(actor, name, list);
  const reached = grants.map(({ scope }) =>
    allOf(
      Object.entries(scope).flatMap(([kind, id]) => {
        if (id === undefined) return [];
        const column = columns[kind as keyof ScopeColumns];
        return [column ? sql`${id}::uuid = ${column}` : sql`false`];
      }),
    ),
  );
  return reached.reduce((any, next) => sql`${any} or (${next})`, sql`false`);
}
