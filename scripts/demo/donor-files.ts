import { parse } from 'csv-parse/sync';
import type { ResponseBody } from '../../src/platform/index.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

type Report = ResponseBody<'getDonorReport'>;

/** Who publishes, which IATI wants to know. */
export async function namePublisher({ fundId, finance }: Pilot): Promise<void> {
  await finance.api.call('setReportPublisher', {
    params: { fundId },
    headers: { 'if-match': '"0"' },
    body: {
      organisationRef: 'XX-AGENCY-1',
      organisationName: 'An agency',
      organisationType: '40',
      donorRef: 'XX-DONOR-1',
      donorType: '10',
    },
  });
}

/** The donor takes out the report in every format, and each says what the others say. */
export async function takeFiles(stage: Stage, { fundId, donor }: Pilot, report: Report): Promise<void> {
  const params = { fundId };
  const rows: string[][] = parse(await donor.api.download('downloadDonorReport', { params }), { bom: true });
  const { reached, money } = report;
  const tags = rows[1] ?? [];
  const of = (measure: string, tag: string) => rows.find((row) => row[tags.indexOf('#indicator+name')] === measure)?.[tags.indexOf(tag)];
  stage.check(
    'as CSV with HXL tags: the same money, the same people',
    [of('paid', '#value'), of('fees', '#value'), of('reached people', '#reached+ind'), of('reached households', '#reached+hh')],
    [money.sinceStart.paid.amount, money.sinceStart.fees.amount, String(reached.people), String(reached.households)],
  );
  const flat: Record<string, string>[] = parse(await donor.api.download('downloadDonorReport', { params, query: { table: 'wilayas' } }), {
    bom: true,
    columns: true,
    from_line: 1,
  });
  stage.check(
    'as the flat sheet of cash programmes: the same in every wilaya',
    flat.slice(1).map((row) => [row['Wilaya'], row['People reached'], row['Cash paid, DZD']]),
    report.steps.flatMap(({ byWilaya }) => byWilaya.map(({ name, people, amount }) => [name, String(people ?? ''), amount?.amount ?? ''])),
  );
  const iati = await donor.api.download('downloadDonorReportIati', { params });
  stage.check(
    'as IATI 2.03: the same transactions',
    [...iati.matchAll(/<value [^>]*>([^<]+)<\/value><description>/g)].map(([, value]) => value),
    [
      ...report.contributions.map(({ amount }) => amount.amount),
      ...report.spent.flatMap(({ paid, fees }) => [paid.amount, fees.amount].filter((amount) => Number(amount) !== 0)),
    ],
  );
  const sheet = await donor.api.bytes('downloadDonorReportSheet', { params });
  stage.check('as a workbook', sheet.subarray(0, 2).toString('latin1'), 'PK');
  const page = await donor.api.download('getDonorReportPage', { params, query: { lang: 'fr' } });
  const seen = page.replaceAll(/<[^>]+>|[\s\u00a0\u202f]/g, '');
  const { received, paid } = money.sinceStart;
  stage.check(
    'and as a page to print, in French',
    [received.amount, paid.amount, reached.people].map((figure) => seen.includes(String(figure).replace(/\.00$/, ''))),
    [true, true, true],
  );
}
