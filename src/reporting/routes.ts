import { Download, type Ground, type Routes } from '../platform/index.ts';
import { hxlCsv } from './hxl.ts';
import { readDonorReport } from './queries.ts';

export const reportingRoutes = ({ db }: Ground): Routes<'getDonorReport' | 'downloadDonorReport'> => ({
  getDonorReport: ({ actor, params, query }) => readDonorReport(db, actor, params.fundId, query),
  downloadDonorReport: async ({ actor, params, query }) => {
    const report = await readDonorReport(db, actor, params.fundId, query);
    return new Download('text/csv; charset=utf-8', `report-${report.programme.code}-${report.fund.id}.csv`, [hxlCsv(report)]);
  },
});
