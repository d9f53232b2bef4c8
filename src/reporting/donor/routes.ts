import { Download, fileTypeOf, type Ground, type Routes, Versioned, versionIn, writeTable } from '../../platform/index.ts';
import { publishReport } from './commands/publish.ts';
import { setPublisher } from './commands/set-publisher.ts';
import { takeReport } from './commands/take.ts';
import { numberColumns } from './formats/hxl.ts';
import { iatiOf } from './formats/iati.ts';
import { reportRows } from './formats/rows.ts';
import { wilayaRows } from './formats/wilaya-rows.ts';
import { reportPage } from './page/page.ts';
import { reportProblem } from './problems.ts';
import { listDonorReports, readDonorReport, readDraft, readPublisher } from './queries.ts';
import { findPublisher } from './store/publishers.ts';
import type { DonorReport } from './types.ts';

type Operation =
  | 'listDonorReports'
  | 'publishDonorReport'
  | 'getDonorReport'
  | 'downloadDonorReport'
  | 'downloadDonorReportSheet'
  | 'downloadDonorReportIati'
  | 'getDonorReportPage'
  | 'getDonorReportDraft'
  | 'getReportPublisher'
  | 'setReportPublisher';

const nameOf = ({ programme, number }: DonorReport): string => `report-${programme.code}-${number}`;

async function* each(rows: readonly (readonly string[])[]) {
  yield* rows;
}

function tableOf(report: DonorReport, kind: 'csv' | 'xlsx', table: 'report' | 'wilayas', publisher?: string): Download {
  const rows = table === 'report' ? reportRows(report) : wilayaRows(report, publisher ?? '');
  const { contentType, extension } = fileTypeOf({ kind });
  const suffix = table === 'report' ? '' : '-wilayas';
  return new Download(
    contentType,
    `${nameOf(report)}${suffix}.${extension}`,
    writeTable({ kind }, each(rows), { sheetName: nameOf(report), numbers: numberColumns(rows[1] ?? []) }),
  );
}

export function donorRoutes({ db, execute, clock }: Ground): Routes<Operation> {
  const take = (
    fundId: string,
    number: number | undefined,
    format: 'csv' | 'xlsx' | 'iati' | 'page',
    call: Parameters<typeof execute>[2],
  ) => execute(takeReport, { fundId, number: number ?? null, format }, call);
  const publisherName = async (fundId: string) => (await findPublisher(db, fundId))?.organisationName;
  return {
    listDonorReports: ({ actor, params, query }) => listDonorReports(db, actor, params.fundId, query),
    publishDonorReport: ({ params, body, ...call }) => execute(publishReport, { ...params, ...body }, call),
    getDonorReport: ({ actor, params, query }) => readDonorReport(db, actor, params.fundId, query.number ?? null),
    downloadDonorReport: async ({ params: { fundId }, query: { number, table = 'report' }, ...call }) =>
      tableOf(await take(fundId, number, 'csv', call), 'csv', table, await publisherName(fundId)),
    downloadDonorReportSheet: async ({ params: { fundId }, query: { number, table = 'report' }, ...call }) =>
      tableOf(await take(fundId, number, 'xlsx', call), 'xlsx', table, await publisherName(fundId)),
    downloadDonorReportIati: async ({ params: { fundId }, query: { number }, ...call }) => {
      await readDonorReport(db, call.actor, fundId, number ?? null);
      const publisher = await findPublisher(db, fundId);
      if (!publisher) throw reportProblem.publisher_unknown(`Have finance say it: PUT /v1/funds/${fundId}/report-publisher.`);
      const report = await take(fundId, number, 'iati', call);
      return new Download('application/xml', `${nameOf(report)}.xml`, [iatiOf(report, publisher)]);
    },
    getDonorReportPage: async ({ params: { fundId }, query: { number, lang = 'en' }, ...call }) => {
      const report = await take(fundId, number, 'page', call);
      return new Download('text/html; charset=utf-8', `${nameOf(report)}.html`, [reportPage(report, lang)]);
    },
    getDonorReportDraft: ({ actor, params, query }) => readDraft(db, actor, params.fundId, clock.now(), query.fresh === true),
    getReportPublisher: async ({ actor, params }) => {
      const found = await readPublisher(db, actor, params.fundId);
      if (!found) throw reportProblem.publisher_unknown('Send it with If-Match: "0".');
      const { version, ...publisher } = found;
      return new Versioned(publisher, version);
    },
    setReportPublisher: async ({ params, body, ifMatch, ...call }) => {
      const { donorRef = null, donorType = null, publishes = 'monthly', ...organisation } = body;
      const wanted = { ...params, ...organisation, donorRef, donorType, publishes, ifMatch: versionIn(ifMatch) };
      const { version, ...publisher } = await execute(setPublisher, wanted, call);
      return new Versioned(publisher, version);
    },
  };
}
