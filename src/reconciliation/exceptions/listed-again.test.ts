import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../../test/support/vouchers.ts';
import { newId } from '../../platform/index.ts';

describe('somebody whom the post says that it has paid on a dead voucher', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
  });
  afterAll(() => platform.close());

  /** Vouchers whose lines were cancelled and whose instalments are free, in a file of the post as paid, and what came of the file. */
  async function cancelledAndListed(count: number) {
    const frame = await makeFrame(platform, '100000.00');
    const vouchers = await makeVouchers(platform, frame, count, { amount: '1000.00' });
    const scope = { programme: frame.programmeId };
    const [officer, finance, treasurer] = [
      await platform.as('programme_officer', scope),
      await platform.as('finance_officer', scope),
      await platform.as('finance_officer', scope),
    ];
    const cancellation = { reason: 'Not found', instalments: 'free' };
    const { body: proposed } = await officer.post(`/v1/payment-lists/${vouchers[0]?.listId}/cancellations`, cancellation).expect(201);
    await finance.post(`/v1/payment-list-cancellations/${proposed.id}/confirm`).expect(200);
    const today = platform.today();
    const file = ['reference;serial;date;office;amount;currency']
      .concat(vouchers.map(({ serial }) => `ALP-${serial};${serial};${today};${frame.officeCode};1000.00;DZD`))
      .join('\n');
    await finance.post(`/v1/programmes/${frame.programmeId}/statements?name=${newId()}&from=${today}&to=${today}`, file).expect(200);
    const { body: opened } = await finance.get(`/v1/programmes/${frame.programmeId}/exceptions?kind=paid_after_cancel`).expect(200);
    const exceptionOf = ({ serial }: TestVoucher): string =>
      opened.items.find(({ line }: { line: { serial: string } }) => line.serial === serial).id;
    const from = { fundIds: [frame.fundId] };
    const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
    const listable = async () => {
      const { body } = await officer.post(`${path}/preview`, from).expect(200);
      return { lines: body.lines, leftOut: body.leftOut };
    };
    return {
      vouchers,
      officer,
      finance,
      treasurer,
      exceptionOf,
      listable,
      draw: () => officer.post(path, { name: newId(), ...from }),
      approver: await platform.as('approver', scope),
    };
  }

  it('is on no new list while that waits, nor once it is left at that; and is listed again where the post was wrong', async () => {
    const { vouchers, finance, treasurer, exceptionOf, listable, draw } = await cancelledAndListed(3);
    const [got, never, written] = vouchers as [TestVoucher, TestVoucher, TestVoucher];
    expect(await listable()).toEqual({ lines: 0, leftOut: [{ reason: 'told_paid', people: 3 }] });
    const resolve = (voucher: TestVoucher, resolution: string) =>
      finance.post(`/v1/exceptions/${exceptionOf(voucher)}/resolution`, { resolution, note: 'The receipt was asked for' }).expect(200);
    await resolve(got, 'accepted');
    await resolve(never, 'post_error');
    const { body: proposed } = await finance
      .post(`/v1/exceptions/${exceptionOf(written)}/proposals`, { resolution: 'write_off', note: 'The person got it' })
      .expect(201);
    expect(await listable()).toEqual({ lines: 1, leftOut: [{ reason: 'told_paid', people: 2 }] });
    await treasurer.post(`/v1/exceptions/${exceptionOf(written)}/proposals/${proposed.decisions.at(-1).id}/approval`).expect(200);
    expect(await listable()).toEqual({ lines: 1, leftOut: [{ reason: 'told_paid', people: 2 }] });
    expect((await draw().expect(201)).body.lineCount).toBe(1);
  });

  it('is returned from a list that was drawn up before it turned out', async () => {
    const { vouchers, officer, finance, approver, exceptionOf, draw } = await cancelledAndListed(2);
    const [voucher, other] = vouchers as [TestVoucher, TestVoucher];
    for (const one of [voucher, other])
      await finance
        .post(`/v1/exceptions/${exceptionOf(one)}/resolution`, { resolution: 'post_error', note: 'They correct it' })
        .expect(200);
    const { body: list } = await draw().expect(201);
    const { digest } = (await officer.post(`/v1/payment-lists/${list.id}/submit`).expect(200)).body;
    await approver.post(`/v1/payment-lists/${list.id}/approve`, { digest }).expect(200);
    await finance.post(`/v1/exceptions/${exceptionOf(voucher)}/reopening`, { reason: 'The receipt came' }).expect(200);
    await finance.post(`/v1/payment-lists/${list.id}/release`, { digest }).expect(200);
    await platform.settled();
    const { body: released } = await officer.get(`/v1/payment-lists/${list.id}`).expect(200);
    expect(released).toMatchObject({ lineCount: 2, returned: [{ reason: 'told_paid', people: 1 }] });
  });
});
