import { join } from 'node:path';
import { authoriseRead } from '../access/index.ts';
import { type ExportLimits, faultDetail } from '../beneficiaries/index.ts';
import { type Ground, type Language, problem, type Routes, shownPlaces, Versioned, versionIn } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { listFiles, listMappings, listRefusedRows, readFile } from './file-queries.ts';
import type { StoredFile } from './file-store.ts';
import { mapColumns } from './map-columns.ts';
import { findMapping } from './mapping-store.ts';
import { receiveFile } from './receive-file.ts';
import { exportRefusedRows } from './refused-rows.ts';
import { staging } from './staging.ts';
import { cancelFile, startCheck, startRun } from './start-file.ts';
import type { RegistrationFile } from './types.ts';
import { say } from './words.ts';

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

/** A file in the language of who asks. */
const said = <File extends RegistrationFile>({ unsettled, findings, ...file }: File, language: Language) => ({
  ...file,
  unsettled: shownPlaces(unsettled, language),
  findings: findings && {
    ...findings,
    reasons: findings.reasons.map((reason) => ({ ...reason, detail: faultDetail(reason.code, language) })),
  },
});

const shown = ({ file, version }: StoredFile, language: Language) => new Versioned(said(file, language), version);

/** @param dataDir where uploads wait, sealed, until they are whole */
export const intakeRoutes = ({ db, execute, keyRing }: Ground, dataDir: string, exportLimits: ExportLimits): Routes<Operation> => ({
  async receiveRegistrationFile({ params, query, body, ...call }) {
    // Before a byte of the body is read.
    authoriseRead(call.actor, 'intake.receive_file', { programme: params.programmeId });
    await programmeById(db, params.programmeId);
    const { start = false, mapping = null, continuesHouseholds = false, sheet } = query;
    if (mapping !== null && !(await findMapping(db, params.programmeId, mapping))) {
      throw problem.not_found(say('mapping_unknown'));
    }
    return staging({ ...body, sheet }, keyRing, join(dataDir, 'uploads'), async (staged) => {
      const reception = { ...params, content: staged.contentIndex.toString('hex'), start, mapping, continuesHouseholds };
      const { alreadyReceived, ...stored } = await execute(receiveFile(staged), reception, call);
      return new Versioned({ ...said(stored.file, call.language), alreadyReceived }, stored.version);
    });
  },
  listRegistrationFiles: async ({ actor, params, query, language }) => {
    const { items, nextCursor } = await listFiles(db, actor, params.programmeId, query);
    return { items: items.map((file) => said(file, language)), nextCursor };
  },
  getRegistrationFile: async ({ actor, params, language }) => shown(await readFile(db, actor, params.fileId), language),
  mapRegistrationFile: async ({ params, body, ifMatch, ...call }) =>
    shown(await execute(mapColumns, { ...params, ...body, version: versionIn(ifMatch) }, call), call.language),
  checkRegistrationFile: async ({ params, query, ...call }) =>
    shown(await execute(startCheck, { ...params, ...query }, call), call.language),
  runRegistrationFile: async ({ params, query, ...call }) => shown(await execute(startRun, { ...params, ...query }, call), call.language),
  cancelRegistrationFile: async ({ params, ...call }) => shown(await execute(cancelFile, params, call), call.language),
  listRefusedRows: ({ actor, params, query, language }) => listRefusedRows(db, actor, params.fileId, { language, ...query }),
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
