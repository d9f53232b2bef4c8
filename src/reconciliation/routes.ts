import type { Ground, Routes } from '../platform/index.ts';
import { importStatement } from './commands/import-statement.ts';
import { resolveException } from './commands/resolve-exception.ts';
import { settle } from './commands/settle.ts';
import { listExceptions, listMatches, listPayables, readStatementById } from './queries.ts';

type Operations = 'importStatement' | 'getStatement' | 'listMatches' | 'listExceptions' | 'resolveException' | 'listPayables' | 'settle';

export const reconciliationRoutes = ({ db, execute }: Ground): Routes<Operations> => ({
  importStatement: ({ params, query, body, ...call }) => execute(importStatement, { ...query, ...params, content: body }, call),
  getStatement: ({ actor, params }) => readStatementById(db, actor, params.statementId),
  listMatches: ({ actor, params, query }) => listMatches(db, actor, params.statementId, query),
  listExceptions: ({ actor, params, query }) => listExceptions(db, actor, params.programmeId, query),
  resolveException: ({ params, body, ...call }) => execute(resolveException, { id: params.exceptionId, ...body }, call),
  listPayables: ({ actor, params, query }) => listPayables(db, actor, params.programmeId, query),
  settle: ({ params, body, ...call }) => execute(settle, { ...body, ...params }, call),
});
