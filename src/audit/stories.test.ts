import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Paid, payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('stories', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let auditor: Client;
  let paid: Paid;
  let ids: { list: string; voucher: string; otherVoucher: string; plan: string };
  beforeAll(async () => {
    platform = await startPlatform({ environment: { AUDIT_SEAL_SECONDS: '3600' }, recurring: false });
    frame = await makeFrame(platform);
    auditor = await platform.as('auditor');
    const [first, second] = await payList(platform, frame, [{}, {}]);
    paid = first as Paid;
    const { rows } = await platform.owner.query(
      `select v.id, v.list_id, l.plan_id, v.serial from vouchers v join payment_list_lines l on l.id = v.line_id`,
    );
    const of = (serial: string) => rows.find((row) => row.serial === serial);
    ids = { list: rows[0].list_id, plan: rows[0].plan_id, voucher: of(paid.serial).id, otherVoucher: of(second?.serial ?? '').id };
    for (const [command, subject] of [
      ['beneficiaries.register', paid.beneficiaryId],
      ['beneficiaries.change_household', paid.householdId],
      ['deduplication.decide_pair', `${paid.beneficiaryId}/${newId()}`],
      ['assistance.create_plan', ids.plan],
      ['payments.build_list', ids.list],
      ['payments.release_list', ids.list],
      ['cashout.redeem', ids.otherVoucher],
      ['cashout.redeem', ids.voucher],
      ['later.command', ids.voucher],
      ['beneficiaries.register', newId()],
    ]) {
      await platform.owner.query(
        `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id) values ($1, now(), $1, $2, 'x', $3, $4)`,
        [newId(), command, subject, frame.programmeId],
      );
    }
    const [left, right] = [paid.beneficiaryId, second?.beneficiaryId ?? ''].sort();
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
      [left, right, frame.programmeId],
    );
    await platform.owner.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id)
        values ($1, now(), $1, 'deduplication.decide_pair', 'duplicate_pair', $2, $3)`,
      [newId(), `${left}/${right}`, frame.programmeId],
    );
  });
  afterAll(() => platform.close());

  const told = async (kind: string, id: string): Promise<string[]> =>
    (await auditor.get(`/v1/stories/${kind}/${id}`).expect(200)).body.items.map(
      ({ event }: { event: { command: string } }) => event.command,
    );

  it('tell of a person from their registration to their cash, in order, and of nobody else', async () => {
    expect(await told('person', paid.beneficiaryId)).toEqual([
      'beneficiaries.register',
      'beneficiaries.change_household',
      'assistance.create_plan',
      'payments.build_list',
      'payments.release_list',
      'cashout.redeem',
      'later.command',
      'deduplication.decide_pair',
    ]);
  });

  it('tell of a list with all its vouchers, and of a voucher with its list', async () => {
    const ofList = ['assistance.create_plan', 'payments.build_list', 'payments.release_list', 'cashout.redeem'];
    expect(await told('payment-list', ids.list)).toEqual([...ofList, 'cashout.redeem', 'later.command']);
    expect(await told('voucher', ids.otherVoucher)).toEqual(ofList);
  });

  it('have words for what was done, and the name of what this version does not know', async () => {
    const { items } = (await auditor.get(`/v1/stories/voucher/${ids.voucher}`).expect(200)).body;
    expect(items.map(({ title }: { title: { en: string } }) => title.en)).toEqual([
      'Plan made',
      'Payment list built',
      'List released',
      'Paid at the counter, or tried to',
      'later.command',
    ]);
    expect(items[1].title).toEqual({ ar: 'إعداد قائمة دفع', fr: 'Liste de paiement établie', en: 'Payment list built' });
  });

  it('are for auditors, within their scope', async () => {
    const elsewhere = await platform.as('auditor', { programme: newId() });
    await elsewhere.get(`/v1/stories/person/${paid.beneficiaryId}`).expect(404);
    await elsewhere.get(`/v1/stories/payment-list/${ids.list}`).expect(404);
    await auditor.get(`/v1/stories/voucher/${newId()}`).expect(404);
    await auditor.get(`/v1/stories/office/${newId()}`).expect(400);
    await (await platform.as('programme_officer')).get(`/v1/stories/person/${paid.beneficiaryId}`).expect(403);
  });
});
