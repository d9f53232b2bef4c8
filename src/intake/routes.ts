import { join } from 'node:path';
import { authoriseRead } from '../access/index.ts';
import type { ExportLimits } from '../beneficiaries/index.ts';
import { type Ground, problem, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { listFiles, listMappings, listRefusedRows, readFile } from './file-queries.ts';
import type { StoredFile } from './file-store.ts';
import { mapColumns } from './map-columns.ts';
import { findMapping } from './mapping-store.ts';
import { receiveFile } from './receive-file.ts';
import { exportRefusedRows } from './refused-rows.ts';
import { staging } from './staging.ts';
import { cancelFile, startCheck, startRun } from './start-file.ts';

type Operation =
  | 'receiveRegistrationFile'
  | 'listRegistrationFiles'
  | 'getRegistrationFile'
  | 'mapRegistrationFile'
  | 'checkRegistrationFile'
  | 'runRegistrationFile'
  | 'cancelRegistrationFile'
  | 'listRefusedRows'
  | 'createRefusedRowsExport'
  | 'listColumnMappings';

const shown = ({ file, version }: StoredFile) => new Versioned(file, version);

/** @param dataDir where uploads wait, sealed, until they are whole */
export const intakeRoutes = ({ db, execute, keyRing }: Ground, dataDir: string, exportLimits: ExportLimits): Routes<Operation> => ({
  async receiveRegistrationFile({ params, query, body, ...call }) {
    // Before a byte of the body is read.
    authoriseRead(call.actor, 'intake.receive_file', { programme: params.programmeId });
    await programmeById(db, params.programmeId);
    const { start = false, mapping = null, continuesHouseholds = false } = query;
    if (mapping !== null && !(await findMapping(db, params.programmeId, mapping))) {
      throw problem.not_found('The programme has no mapping of this name.');
    }
    return staging(body, keyRing, join(dataDir, 'uploads'), async (staged) => {
      const reception = { ...params, content: staged.contentIndex.toString('hex'), start, mapping, continuesHouseholds };
      const { alreadyReceived, ...stored } = await execute(receiveFile(staged), reception, call);
      return new Versioned({ ...stored.file, alreadyReceived }, stored.version);
    });
  },
  listRegistrationFiles: ({ actor, params, query }) => listFiles(db, actor, params.programmeId, query),
  getRegistrationFile: async ({ actor, params }) => shown(await readFile(db, actor, params.fileId)),
  mapRegistrationFile: async ({ params, body, ifMatch, ...call }) =>
    shown(await execute(mapColumns, { ...params, ...body, version: versionIn(ifMatch) }, call)),
  checkRegistrationFile: async ({ params, query, ...call }) => shown(await execute(startCheck, { ...params, ...query }, call)),
  runRegistrationFile: async ({ params, query, ...call }) => shown(await execute(startRun, { ...params, ...query }, call)),
  cancelRegistrationFile: async ({ params, ...call }) => shown(await execute(cancelFile, params, call)),
  listRefusedRows: ({ actor, params, query }) => listRefusedRows(db, actor, params.fileId, query),
  // The passphrase that this answers is kept nowhere from which it could be answered again.
  createRefusedRowsExport: ({ params, headers, body, actor, requestId }) => {
    const { recipient = null, ...form } = body;
    return execute(
      exportRefusedRows(exportLimits),
      { ...form, ...params, recipient, purpose: headers['sanad-purpose'] },
      { actor, requestId },
    );
  },
  listColumnMappings: ({ actor, params, query }) => listMappings(db, actor, params.programmeId, query),
});
