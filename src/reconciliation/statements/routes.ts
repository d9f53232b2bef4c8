import { join } from 'node:path';
import { authoriseRead } from '../../access/index.ts';
import { Accepted, type Ground, newId, type Routes } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { importStatement } from './import-statement.ts';
import { previewStatement } from './preview.ts';
import { listLines, listMappings, listStatements, readStatementById } from './queries.ts';
import { saveMapping } from './save-mapping.ts';
import { receiving } from './sealed-file.ts';
import { askWithdrawal } from './withdrawal/ask-withdrawal.ts';
import { confirmWithdrawal, refuseWithdrawal } from './withdrawal/decide-withdrawal.ts';

type Operation =
  | 'importStatement'
  | 'previewStatement'
  | 'listStatements'
  | 'getStatement'
  | 'listStatementLines'
  | 'askStatementWithdrawal'
  | 'confirmStatementWithdrawal'
  | 'refuseStatementWithdrawal'
  | 'saveStatementMapping'
  | 'listStatementMappings';

/** @param dataDir where uploads wait, sealed, until they are whole */
export const statementRoutes = ({ db, execute, keyRing }: Ground, dataDir: string): Routes<Operation> => ({
  async importStatement({ params, query, body, ...call }) {
    // Before a byte of the body is read.
    authoriseRead(call.actor, 'reconciliation.import_statement', { programme: params.programmeId });
    await programmeById(db, params.programmeId);
    const { name, source = null, from = null, to = null, mapping = null } = query;
    return receiving(body, keyRing, join(dataDir, 'uploads'), newId(), async (file) => {
      const input = { ...params, name, source, from, to, mapping, digest: file.digest };
      const answer = await execute(importStatement(file), input, call);
      return answer.statement.state === 'received' || answer.resumes ? new Accepted(answer) : answer;
    });
  },
  async previewStatement({ actor, params, query, body }) {
    authoriseRead(actor, 'reconciliation.import_statement', { programme: params.programmeId });
    await programmeById(db, params.programmeId);
    // A bank's formats are read alike whosever they are.
    const { source = 'post', mapping = null } = query;
    const { lines, ...preview } = await previewStatement(db, body, { ...params, source, mapping });
    return { ...preview, lines: lines.map(({ amount, ...line }) => ({ ...line, amount: amount.toJSON() })) };
  },
  listStatements: ({ actor, params, query }) => listStatements(db, actor, params.programmeId, query),
  getStatement: ({ actor, params }) => readStatementById(db, actor, params.statementId),
  listStatementLines: ({ actor, params, query }) => listLines(db, actor, params.statementId, query),
  askStatementWithdrawal: ({ params, body, ...call }) => execute(askWithdrawal, { ...params, ...body }, call),
  confirmStatementWithdrawal: ({ params, body: _none, ...call }) => execute(confirmWithdrawal, params, call),
  refuseStatementWithdrawal: ({ params, body, ...call }) => execute(refuseWithdrawal, { ...params, ...body }, call),
  saveStatementMapping: ({ params, body, ...call }) => execute(saveMapping, { ...params, ...body }, call),
  listStatementMappings: ({ actor, params, query }) => listMappings(db, actor, params.programmeId, query),
});
