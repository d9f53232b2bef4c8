import { type Actor, allOf, type Sql, sql } from '../platform/index.ts';
import { authoriseRead, grantsFor } from './authorise.ts';
import type { PermissionName } from './permissions.ts';

/** The columns that say where a row belongs. A kind that is left out is one that no row has. */
export type ScopeColumns = { readonly [Kind in 'programme' | 'office' | 'fund']?: Sql };

/**
 * The condition that keeps a list within an actor's scope: a row is shown when one grant names nothing that the row does not share.
 * @throws forbidden when no role of the actor allows the read at all
 */
export function scopeCondition(actor: Actor, name: PermissionName, columns: ScopeColumns): Sql {
  authoriseRead(actor, name);
  if (actor.kind === 'system') return sql`true`;
  const reached = grantsFor(actor, name).grants.map(({ scope }) =>
    allOf(
      Object.entries(scope).flatMap(([kind, id]) => {
        if (id === undefined) return [];
        const column = columns[kind as keyof ScopeColumns];
        return [column ? sql`${column} = ${id}::uuid` : sql`false`];
      }),
    ),
  );
  return reached.reduce((any, next) => sql`${any} or (${next})`, sql`false`);
}
