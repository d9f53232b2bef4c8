import { Download, type Ground, type Routes } from '../platform/index.ts';
import { readRefusedRows, receiveFile } from './file-commands.ts';
import { listRefusedRows, readFile, refusedRowsCsv } from './file-queries.ts';

type Operation = 'receiveRegistrationFile' | 'getRegistrationFile' | 'listRefusedRows' | 'downloadRefusedRows';

export const intakeRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  receiveRegistrationFile: ({ params, body, ...call }) => execute(receiveFile, { ...params, csv: body }, call),
  getRegistrationFile: ({ actor, params }) => readFile(db, actor, params.fileId),
  listRefusedRows: ({ actor, params, query }) => listRefusedRows(db, actor, params.fileId, query),
  downloadRefusedRows: async ({ params, ...call }) => {
    const { csv, refused } = await execute(readRefusedRows, params, call);
    return new Download('text/csv; charset=utf-8', 'refused-rows.csv', refusedRowsCsv(csv, refused));
  },
});
