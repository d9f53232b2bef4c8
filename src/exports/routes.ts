import { authoriseRead } from '../access/index.ts';
import type { Ground, Routes } from '../platform/index.ts';
import { approveExport, defineExport, endExport, resumeExport } from './define.ts';
import { downloadPersonalRun, downloadRun, fileOf, revokeRun } from './download.ts';
import { listDefinitions, listRuns, readDefinition, readRun } from './queries.ts';
import type { Datasets } from './types.ts';

type Operation =
  | 'listExportDatasets'
  | 'defineExport'
  | 'listExportDefinitions'
  | 'getExportDefinition'
  | 'approveExportDefinition'
  | 'resumeExportDefinition'
  | 'endExportDefinition'
  | 'listExportRuns'
  | 'getExportRun'
  | 'downloadExportRun'
  | 'downloadPersonalExportRun'
  | 'revokeExportRun';

/** @param datasets what can be exported */
export function scheduledExportRoutes({ db, execute, keyRing }: Ground, datasets: Datasets): Routes<Operation> {
  const [define, resume, download, downloadPersonal] = [
    defineExport(datasets),
    resumeExport(datasets),
    downloadRun(datasets),
    downloadPersonalRun(datasets),
  ];
  return {
    listExportDatasets: async ({ actor }) => {
      authoriseRead(actor, 'exports.read');
      return {
        items: datasets.map(({ name, isPersonal, permission }) => ({ name, isPersonal, permission })),
      };
    },
    defineExport: ({ params, body, ...call }) => execute(define, { ...params, ...body }, call),
    listExportDefinitions: ({ actor, params, query }) => listDefinitions(db, actor, params.programmeId, query),
    getExportDefinition: ({ actor, params }) => readDefinition(db, actor, params.definitionId),
    approveExportDefinition: ({ params, ...call }) => execute(approveExport, params, call),
    resumeExportDefinition: ({ params, ...call }) => execute(resume, params, call),
    endExportDefinition: ({ params, ...call }) => execute(endExport, params, call),
    listExportRuns: ({ actor, params, query }) => listRuns(db, actor, params.definitionId, query),
    getExportRun: ({ actor, params }) => readRun(db, actor, params.runId),
    downloadExportRun: async ({ params, ...call }) => fileOf(db, keyRing, (await execute(download, params, call)).id),
    downloadPersonalExportRun: async ({ params, ...call }) => fileOf(db, keyRing, (await execute(downloadPersonal, params, call)).id),
    revokeExportRun: ({ params, ...call }) => execute(revokeRun, params, call),
  };
}
