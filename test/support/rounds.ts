import { expect } from 'vitest';
import { system } from '../../src/access/index.ts';
import { dateIn, newId } from '../../src/platform/index.ts';
import { expireVouchers } from '../../src/vouchers/commands.ts';
import { type Frame, makeFrame } from './fixtures.ts';
import type { TestPlatform } from './platform.ts';
import { codeIn, makeVouchers, receivedSms, type TestVoucher } from './vouchers.ts';

/** What each voucher of a round is for. */
export const GRANT = '15000.00';

export const dzd = (amount: string) => ({ amount, currency: 'DZD' });

/** The document that was seen. */
export const seen = { documentType: 'passport', documentLastFour: '0042' };

export const reason = { reason: 'The house is empty' };

/** How a request was refused, or that it was not. */
export const codeOf = ({ status, body }: { status: number; body: { code?: string } }): string =>
  status < 300 ? 'done' : (body.code ?? '');

/** People who carry cash, hand it over, witness it and pay it at a counter, and what they do. */
export type Field = Awaited<ReturnType<typeof openField>>;

/** A programme with a round of everything, and vouchers for it. */
export async function openField(platform: TestPlatform, supplied: number) {
  const frame = await makeFrame(platform);
  const programme = { programme: frame.programmeId };
  const officer = await platform.as('field_officer', programme);
  const witness = await platform.as('programme_officer', programme);
  const finance = await platform.as('finance_officer', programme);
  const treasurer = await platform.as('finance_officer', programme);
  const controller = await platform.as('finance_officer', programme);
  const agent = await platform.as('agent', { office: frame.officeId });
  const supply = await makeVouchers(platform, frame, supplied);
  const fresh = (): TestVoucher => supply.pop() ?? expect.fail('more vouchers are needed');
  const ask = (vouchers: readonly Pick<TestVoucher, 'serial'>[], by = officer, { programmeId, fundId }: Frame = frame) =>
    by.post(`/v1/programmes/${programmeId}/advances`, {
      fundId,
      round: 'In Guezzam road',
      visitOn: '2099-01-01',
      serials: vouchers.map(({ serial }) => serial),
    });
  const handOver = (id: string) => finance.post(`/v1/advances/${id}/hand-over`, { reference: 'R-1' });
  const out = async (...vouchers: TestVoucher[]): Promise<string> => {
    const { body } = await ask(vouchers).expect(201);
    await handOver(body.id).expect(200);
    return body.id;
  };
  const deliver = (advanceId: string, { serial, code }: Pick<TestVoucher, 'serial' | 'code'>, more: object = {}) =>
    officer.post(`/v1/advances/${advanceId}/deliveries`, { serial, code, ...seen, ...more });
  const deliverBefore = (advanceId: string, { serial }: TestVoucher, by = officer, witnessId = witness.userId) =>
    by.post(`/v1/advances/${advanceId}/deliveries`, { serial, receipt: { witnessId, reference: 'P-17' }, ...seen });
  const atCounter = ({ serial, code }: Pick<TestVoucher, 'serial' | 'code'>, language = 'en') =>
    agent.post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, ...seen }).set('Accept-Language', language);
  const bringBack = (advanceId: string, amount: string, by = finance) =>
    by.post(`/v1/advances/${advanceId}/returns`, { amount: dzd(amount), reference: newId() });
  const close = (advanceId: string, by = finance) => by.post(`/v1/advances/${advanceId}/close`);
  const takeOff = (advanceId: string, { serial }: Pick<TestVoucher, 'serial'>, by = officer) =>
    by.post(`/v1/advances/${advanceId}/removals`, { serial, ...reason });
  const report = (advanceId: string, by = finance) =>
    by.post(`/v1/advances/${advanceId}/loss`, { reason: 'Robbed on the road', reference: 'Gendarmerie 117' });
  const confirmLoss = (advanceId: string, by = treasurer) => by.post(`/v1/advances/${advanceId}/loss/confirm`);
  const voidIt = (payoutId: string, by = finance) => by.post(`/v1/hand-deliveries/${payoutId}/void`, { reason: 'The wrong door' });
  const answer = (payoutId: string, body: object = { answer: 'confirmed' }, by = witness) =>
    by.post(`/v1/hand-deliveries/${payoutId}/answer`, body);
  const accept = (payoutId: string, by = finance) =>
    by.post(`/v1/hand-deliveries/${payoutId}/acceptance`, { reason: 'The person says so' });
  const read = async (advanceId: string) => (await finance.get(`/v1/advances/${advanceId}`).expect(200)).body;
  const broken = async (): Promise<string[]> =>
    (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(({ holds }: { holds: boolean }) => !holds)
      .map(({ identity }: { identity: string }) => identity);
  const events = async (...subjects: string[]): Promise<string[]> =>
    (await platform.owner.query('select event from journal_entries where subject_id = any($1) order by at, id', [subjects])).rows.map(
      ({ event }) => event,
    );
  const voucherOf = async ({ id }: Pick<TestVoucher, 'id'>) =>
    (await platform.owner.query('select state, counter, expires_at from vouchers where id = $1', [id])).rows[0];
  const latestCode = ({ serial }: TestVoucher): string =>
    codeIn(
      receivedSms(platform)
        .filter(({ text }) => text.includes(serial))
        .at(-1)?.text ?? '',
    );
  const expire = () => platform.app.execute(expireVouchers, { programmeId: frame.programmeId, fundId: frame.fundId }, { actor: system });
  /** Has a voucher run out an hour ago, as if it had been given out longer ago. */
  const runOut = async ({ id }: TestVoucher): Promise<void> => {
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(
      `update vouchers set activated_at = $2::timestamptz - interval '60 days', expires_at = $2::timestamptz - interval '1 hour' where id = $1`,
      [id, platform.clock.now()],
    );
    await platform.owner.query('set session_replication_role = origin');
  };
  const dayFrom = (days: number) => dateIn('Africa/Algiers', new Date(platform.clock.now().getTime() + days * 86_400_000));

  return {
    frame,
    officer,
    witness,
    finance,
    treasurer,
    controller,
    agent,
    fresh,
    ask,
    handOver,
    out,
    deliver,
    deliverBefore,
    atCounter,
    bringBack,
    close,
    takeOff,
    report,
    confirmLoss,
    voidIt,
    answer,
    accept,
    read,
    broken,
    events,
    voucherOf,
    latestCode,
    expire,
    runOut,
    dayFrom,
  };
}
