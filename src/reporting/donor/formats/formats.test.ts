import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { type Frame, makeFrame, receive } from '../../../../test/support/fixtures.ts';
import { payList, type Wish } from '../../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../../test/support/platform.ts';
import { cellsOf } from '../../../../test/support/tables.ts';
import { post } from '../../../ledger/index.ts';
import { Money, newId, packageRoot } from '../../../platform/index.ts';
import type { DonorReport } from '../../index.ts';
import { amountText } from '../page/format.ts';
import { pageWords } from '../page/words.ts';
import { type Figure, figures } from '../types.ts';
import { isHxlTag, tagRow } from './hxl.ts';

const many = (count: number, wish: Wish): Wish[] => Array.from({ length: count }, () => wish);
const schema = (name: string) => ({ fileName: name, contents: readFileSync(join(packageRoot, 'test/iati', name), 'utf8') });
const money = (amount: string) => Money.of(amount, 'DZD');
const sum = (amounts: readonly string[]) => Money.sum(amounts.map(money), 'DZD').toString();
const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Rows as a workbook holds them, in which an amount is a number: without the zeros at its end. */
const asNumbers = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => (/^-?\d+\.\d+$/.test(cell) ? cell.replace(/\.?0+$/, '') : cell)));

describe('one figure in every place', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let other: string;
  let donor: Client;
  let finance: Client;
  let report: DonorReport;
  let to: string;

  const fee = (fundId: string, amount: string) =>
    platform.app.database.transaction((tx) =>
      post(tx, new Date('2026-04-10T09:00:00Z'), [
        {
          event: 'fee',
          programmeId: frame.programmeId,
          fundId,
          subject: { type: 'fee', id: newId() },
          amount: money(amount),
          officeId: frame.officeId,
        },
      ]),
    );

  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform, '2000000.00');
    await platform.owner.query(`insert into wilayas values ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04')`);
    other = newId();
    await platform.owner.query(
      `insert into funds (id, programme_id, donor, agreement, currency, agreement_currency, pledged, created_by, created_at)
        values ($1, $2, '=HYPERLINK("http://example.org")', 'AG/2 & <3>', 'DZD', 'EUR', 9000, $1, now())`,
      [other, frame.programmeId],
    );
    await receive(platform, { programmeId: frame.programmeId, fundId: other }, '800000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    const head = await platform.as('finance_officer');
    await head.post('/v1/exchange-rates', { from: 'EUR', to: 'DZD', validOn: '2026-01-01', rate: '145.5', source: 'A bank' }).expect(201);
    const given = { amount: { amount: '1000.00', currency: 'EUR' }, receivedOn: '2026-02-01', reference: 'EUR-1' };
    await finance.post(`/v1/funds/${other}/contributions`, given).expect(201);
    // One list, two funds, and everything that can become of a voucher.
    await payList(platform, frame, [
      ...many(30, {}),
      ...many(14, { sex: 'male', ageBand: '0-5', fundId: other }),
      ...many(13, { fundId: other, wilaya: '31', amount: '12000.00' }),
      ...many(12, { fundId: other, wilaya: '31', amount: '12000.00', byHand: true }),
      ...many(3, { fundId: other, hasDisability: true, byHand: true }),
      { outcome: 'voided', fundId: other },
      { outcome: 'expired', amount: '100.00', fundId: other },
      { outcome: 'cancelled', amount: '200.00', fundId: other },
      { outcome: 'live', amount: '300.00', fundId: other },
      { outcome: 'returned', amount: '400.00', fundId: other },
      { outcome: 'expired', amount: '500.00' },
    ]);
    await fee(other, '4200.00');
    await fee(frame.fundId, '300.00');
    platform.clock.skip(2 * 86_400_000);
    to = new Date(Date.parse(platform.today()) - 86_400_000).toISOString().slice(0, 10);
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    donor = await platform.as('donor', { fund: other });
    report = (await finance.post(`/v1/funds/${other}/reports`, { to }).expect(201)).body;
    const publisher = { organisationRef: 'XM-DAC-47066', organisationName: 'An agency', organisationType: '40', donorRef: 'XM-DAC-5' };
    await donor.get(`/v1/funds/${other}/report.xml`).expect(409);
    await finance.put(`/v1/funds/${other}/report-publisher`, '"0"', publisher).expect(200);
    await finance.put(`/v1/funds/${other}/report-publisher`, '"0"', publisher).expect(409);
  });
  afterAll(() => platform.close());

  const file = async (path: string) =>
    (
      await donor
        .get(`/v1/funds/${other}/${path}`)
        .buffer(true)
        .parse((response, done) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => done(null, Buffer.concat(chunks)));
        })
        .expect(200)
    ).body as Buffer;
  const amountOf = (figure: Figure) => report.money.sinceStart[figure].amount;

  it('is in the report what it is in the general ledger, in the balances of the fund and on the lists', async () => {
    expect(Object.fromEntries(figures.map((figure) => [figure, amountOf(figure)]))).toEqual({
      received: '945500.00',
      committed: '570600.00',
      released: '570600.00',
      paid: '555000.00',
      outstanding: '15300.00',
      expired: '100.00',
      cancelled: '200.00',
      returned: '400.00',
      fees: '4200.00',
      exchangeLoss: '0.00',
      losses: '0.00',
      recovered: '0.00',
    });
    const { balances } = (await finance.get(`/v1/funds/${other}/balances`).expect(200)).body as {
      balances: { kind: string; balance: { amount: string; currency: string } }[];
    };
    const balance = (kind: string) => balances.find((one) => one.kind === kind && one.balance.currency === 'DZD')?.balance.amount ?? '0.00';
    expect(balance('vouchers_outstanding')).toBe(amountOf('outstanding'));
    expect(sum([balance('fund_available'), balance('fund_committed'), amountOf('outstanding'), amountOf('paid'), amountOf('fees')])).toBe(
      amountOf('received'),
    );
    // Twelve in Oran and three in Algiers were paid by hand: the post is owed what it paid, and nothing is left of what was carried.
    const byHand = sum(['144000.00', '45000.00']);
    expect(sum([balance('payable_to_post'), byHand])).toBe(sum([amountOf('paid'), amountOf('fees')]));
    expect(balance('advances')).toBe('0.00');
    const ledger = await cellsOf(
      (await finance.get(`/v1/programmes/${frame.programmeId}/general-ledger.csv?fundId=${other}`).expect(200)).text,
    );
    const at = (name: string) => (ledger[0] ?? []).indexOf(name);
    const booked = (event: string) =>
      sum(ledger.filter((row) => row[at('event')] === event && row[at('debit')] !== '').map((row) => row[at('debit')] ?? '0'));
    expect(booked('delivery')).toBe(byHand);
    expect(
      money(booked('payout'))
        .minus(money(booked('void')))
        .plus(money(booked('delivery')))
        .toString(),
    ).toBe(amountOf('paid'));
    expect(sum([booked('contribution'), booked('contribution_value')])).toBe(amountOf('received'));
    for (const [figure, event] of [
      ['released', 'issue'],
      ['expired', 'expiry'],
      ['cancelled', 'cancellation'],
      ['fees', 'fee'],
      ['returned', 'approval_returned'],
    ] as const)
      expect(booked(event)).toBe(amountOf(figure));
    const { rows } = await platform.owner.query<Record<string, string>>(
      `select sum(v.amount) filter (where p.id is not null)::text as paid, sum(v.amount)::text as released, count(p.id)::text as transfers,
          count(distinct l.beneficiary_id) filter (where p.id is not null)::text as people,
          count(distinct l.household_id) filter (where p.id is not null)::text as households
        from vouchers v join payment_list_lines l on l.id = v.line_id left join payouts p on p.voucher_id = v.id and p.voided_at is null
        where v.fund_id = $1`,
      [other],
    );
    expect(rows[0]).toEqual({
      paid: amountOf('paid'),
      released: amountOf('released'),
      transfers: String(report.transfers.sinceStart),
      people: String(report.reached.people),
      households: String(report.reached.households),
    });
  });

  it('is the same in CSV and in the workbook, under tags of HXL', async () => {
    const csv = await cellsOf((await donor.get(`/v1/funds/${other}/report.csv`).expect(200)).text);
    expect(await cellsOf(await file('report.xlsx'), xlsxType)).toEqual(asNumbers(csv));
    const [header = [], tags = [], ...rows] = csv;
    expect(header).toHaveLength(tags.length);
    for (const tag of tags) expect(isHxlTag(tag)).toBe(true);
    const of = (measure: string, tag: string) => rows.find((row) => row[tags.indexOf('#indicator+name')] === measure)?.[tags.indexOf(tag)];
    for (const figure of figures) expect(of(figure, '#value')).toBe(amountOf(figure));
    expect(of('reached people', '#reached+ind')).toBe(String(report.reached.people));
    expect(of('reached households', '#reached+hh')).toBe(String(report.reached.households));
    expect(rows[0]?.[tags.indexOf('#org+funding+name')]).toBe('=HYPERLINK("http://example.org")');
    const raw = (await file('report.csv')).toString();
    expect(raw).toContain(`"'=HYPERLINK(""http://example.org"")"`);
    expect(rows.some((row) => row[tags.indexOf('#status')] === 'suppressed')).toBe(true);
  });

  it('comes by wilaya and report under the tags of cash exports, suppressed as it is elsewhere', async () => {
    const [, tags = [], ...rows] = await cellsOf((await donor.get(`/v1/funds/${other}/report.csv?table=wilayas`).expect(200)).text);
    expect(await cellsOf(await file('report.xlsx?table=wilayas'), xlsxType)).toEqual([expect.anything(), tags, ...asNumbers(rows)]);
    expect(tags.join()).toBe(
      '#meta+id,#date+start,#date+end,#org+funding+name,#org+prog+name,#org+impl+name,#activity+project+id,#sector+cluster,#country+code+v_iso3,#adm1+name,#adm1+code+v_pcodes,#modality,#channel,#status,#reached+ind,#reached+ind+f+children,#reached+ind+m+children,#reached+ind+f+adults,#reached+ind+m+adults,#reached+ind+f+elderly,#reached+ind+m+elderly,#currency+code,#value+transfer+c_dzd',
    );
    const of = (tag: string) => rows.map((row) => row[tags.indexOf(tag)]);
    expect(of('#adm1+name')).toEqual(['Alger', 'Oran']);
    // Three in Algiers are too few to be told or denied.
    expect(of('#channel')).toEqual(['Post office', 'Post office; By hand']);
    expect(report.steps[0]?.byWilaya.map(({ channels }) => channels)).toEqual([['post_office'], ['post_office', 'by_hand']]);
    const { rows: through } = await platform.owner.query(
      `select l.wilaya_number, count(*) filter (where p.advance_id is not null)::int as hand, count(*) filter (where p.office_id is not null)::int as office
        from payouts p join vouchers v on v.id = p.voucher_id join payment_list_lines l on l.id = v.line_id
        where v.fund_id = $1 and p.voided_at is null group by 1 order by 1`,
      [other],
    );
    expect(through).toEqual([
      { wilaya_number: '16', hand: 3, office: 14 },
      { wilaya_number: '31', hand: 12, office: 13 },
    ]);
    // No column is there that never says anything.
    tags.forEach((tag, column) => {
      if (!tag.startsWith('#reached+ind+'))
        expect(
          rows.every((row) => row[column] !== ''),
          tag,
        ).toBe(true);
    });
    expect(of('#reached+ind')).toEqual(['17', '25']);
    expect(of('#value+transfer+c_dzd')).toEqual(['255000.00', '300000.00']);
    expect(sum(of('#value+transfer+c_dzd').map(String))).toBe(amountOf('paid'));
    // Three women in Algiers: neither they nor the boys beside them are told of there.
    expect(of('#reached+ind+m+children')).toEqual(['', '']);
  });

  it('is an activity of IATI 2.03, with the same figures', async () => {
    const xml = (await file('report.xml')).toString();
    const result = await validateXML({
      xml: [{ fileName: 'report.xml', contents: xml }],
      schema: [schema('iati-activities-schema.xsd')],
      preload: [schema('iati-common.xsd'), schema('xml.xsd')],
    });
    expect(result.errors).toEqual([]);
    expect(xml).toContain('<iati-identifier>XM-DAC-47066-');
    const amounts = (type: string) =>
      [...xml.matchAll(new RegExp(`<transaction-type code="${type}"/>.*?<value currency="(\\w+)"[^>]*>([\\d.]+)</value>`, 'g'))].map(
        ([, currency, amount]) => `${amount} ${currency}`,
      );
    expect(sum(amounts('1').map((text) => text.replace(' DZD', '')))).toBe(amountOf('received'));
    expect(amounts('4')).toEqual([`${amountOf('paid')} DZD`, `${amountOf('fees')} DZD`]);
    expect(amounts('11')).toEqual(['9000 EUR']);
    expect(xml).toContain(`<actual value="${report.reached.people}"/>`);
  });

  it.each(['en', 'fr', 'ar'] as const)('is the same on the page in %s, which runs and loads nothing', async (lang) => {
    const { text, headers } = await donor.get(`/v1/funds/${other}/report.html?lang=${lang}`).expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain(`<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">`);
    expect(text).not.toMatch(/<script|<form|<img|<link|@import|url\(| (?:src|href|style|on\w+)="/i);
    expect(text).toContain('=HYPERLINK(&quot;');
    for (const figure of ['paid', 'received', 'outstanding', 'fees'] as const) {
      const digits = amountText(report.money.sinceStart[figure], lang).replace(/<[^>]+>|\u00A0DZD/g, '');
      expect(text).toContain(`>${digits}<`);
      expect(text).toContain(pageWords[lang].figures[figure]);
    }
    expect(text).toContain(`<b><bdi dir="ltr" class="n">${report.reached.people}</bdi></b>`);
  });

  it('counts every file that was taken out, and says so in the trail', async () => {
    const { items } = (await donor.get(`/v1/funds/${other}/reports`).expect(200)).body;
    const { rows } = await platform.owner.query(
      `select count(*)::int as events from audit_events where command = 'reporting.take_report' and actor_id = $1 and refusal is null`,
      [donor.userId],
    );
    expect(items[0].downloads).toBe(rows[0].events);
    expect(items[0].downloads).toBeGreaterThan(5);
  });

  it('names nobody', async () => {
    const { rows } = await platform.owner.query<{ id: string }>(
      'select beneficiary_id as id from reported_people union select household_id from reported_people',
    );
    const everything = [
      JSON.stringify(report),
      ...(await Promise.all(['report.csv', 'report.csv?table=wilayas', 'report.xml', 'report.html'].map(file))),
    ].join();
    expect(rows.length).toBeGreaterThan(40);
    for (const { id } of rows) expect(everything).not.toContain(id);
  });

  it('writes no file under a tag that HXL does not have', () => {
    for (const wrong of ['#reeched', '#reached+budget', 'reached', '#meta+', '#value+c_nothing'])
      expect(() => tagRow([wrong])).toThrow(wrong);
    expect(tagRow(['#value+transfer+c_dzd', '#reached+ind+f+children'])).toHaveLength(2);
  });
});
