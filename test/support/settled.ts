import { post } from '../../src/ledger/index.ts';
import { Money, newId, sql } from '../../src/platform/index.ts';
import type { Frame } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';
import { insertMatch, stageStatement } from './statements.ts';

/** The accounts of an agency and of a post, and a tariff. */
export const postTerms = (tariff: object | null = { fixed: '0.50', perMille: '1', minimum: '1.00' }) => ({
  payer: { name: 'An agency', account: 'GB82WEST12345698765432', bic: 'WESTGB2L' },
  payee: { name: 'La poste', account: '00799999000123456789', bic: null },
  tariff,
  reason: 'Agreement 12',
});

const at = '2026-03-31T12:00:00Z';

interface Told {
  readonly moment?: Date;
  readonly reference?: string;
  /** Whether the bank has paid it, too. */
  readonly isPaid?: boolean;
}

/** What the bank was told to pay the post for an office, as the rooms that do this would leave it. @returns the settlement */
export async function instructed(
  platform: TestPlatform,
  { programmeId, fundId, officeId }: Frame,
  amount: string,
  { moment = platform.clock.now(), reference, isPaid = false }: Told = {},
): Promise<string> {
  const [id, version] = [newId(), 1_000];
  const subject = { type: 'settlement', id };
  await platform.owner.query(
    `insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
    values ($1, $2, 'We', 'A1', 'They', 'B1', 'Agreed', gen_random_uuid(), now()) on conflict do nothing`,
    [programmeId, version],
  );
  await platform.owner.query('insert into post_terms_confirmations values ($1, $2, gen_random_uuid(), now()) on conflict do nothing', [
    programmeId,
    version,
  ]);
  await platform.app.database.transaction(async (tx) => {
    await tx.run(sql`insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, made_by, made_at)
      values (${id}, ${programmeId}, ${fundId}, ${reference ?? `T${id.replaceAll('-', '')}`}, ${amount}, 'DZD', '2020-01-01', '2099-01-01', ${newId()}, ${moment})`);
    await tx.run(
      sql`insert into settlement_lines (settlement_id, position, office_id, principal, fee) values (${id}, 1, ${officeId}, ${amount}, 0)`,
    );
    await tx.run(sql`insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
      values (${id}, ${programmeId}, ${version}, '2026-03-31', 'x', encode(sha256('x'), 'hex'), ${at})`);
    for (const step of ['drafted', 'submitted', 'approved', 'instructed', ...(isPaid ? ['paid'] : [])]) {
      if (step === 'paid')
        await post(tx, moment, [{ event: 'settlement', programmeId, fundId, officeId, subject, part: 1, amount: Money.of(amount, 'DZD') }]);
      await tx.run(sql`insert into settlement_steps (settlement_id, step, taken_by, taken_at)
        values (${id}, ${step}, (select case ${step} when 'drafted' then made_by else gen_random_uuid() end from settlements where id = ${id}), ${moment})`);
      if (step === 'paid')
        await tx.run(sql`update settlements set state = 'paid', bank_reference = 'B-1', paid_at = ${moment} where id = ${id}`);
      else if (step !== 'drafted') await tx.run(sql`update settlements set state = ${step} where id = ${id}`);
    }
  });
  return id;
}

/** What the post was paid for an office. @returns the settlement */
export const settled = (platform: TestPlatform, frame: Frame, amount: string, moment: Date = platform.clock.now()): Promise<string> =>
  instructed(platform, frame, amount, { moment, isPaid: true });

/** Has a line of the bank's statement, matched with a settlement if one is given. @returns the line */
export async function bankSays(
  platform: TestPlatform,
  programmeId: string,
  amount: string,
  settlementId?: string,
  paidOn = '2026-03-31',
): Promise<string> {
  const line = { reference: 'BK-77', amount, paidOn };
  const { lineIds } = await stageStatement(platform, { programmeId, source: 'bank', state: 'reconciled', lines: [line] });
  const [lineId = ''] = lineIds;
  if (settlementId) await insertMatch(platform.owner, lineId, settlementId, newId(), 'settlement_reference', 'settlement');
  return lineId;
}

/** The staff who settle: nobody of them handled the cash or wrote where it goes. */
export interface Settlers {
  readonly maker: Client;
  readonly approver: Client;
  readonly payer: Client;
}

/** Has a settlement that is submitted approved, sent and paid. */
export async function seeThrough({ approver, payer }: Settlers, id: string): Promise<void> {
  const path = `/v1/settlements/${id}`;
  await approver.post(`${path}/approval`).expect(200);
  await payer.post(`${path}/instruction`, {}).expect(200);
  await payer.post(`${path}/confirmation`, { bankReference: 'BK-1' }).expect(200);
}

/** Has the post send a statement of some days, which lists what was paid on them and was matched. */
export async function postSays(platform: TestPlatform, programmeId: string, from: string, to: string): Promise<void> {
  const { rows } = await platform.owner.query<{ id: string; serial: string; amount: string; paidOn: string }>(
    `select p.id, v.serial, p.amount::text, p.paid_on::text as "paidOn" from payouts p join vouchers v on v.id = p.voucher_id
    where v.programme_id = $1 and p.paid_on between $2 and $3 and p.office_id is not null and p.voided_at is null
      and not exists (select from statement_match_targets t where t.target_type = 'payout' and t.target_id = p.id)`,
    [programmeId, from, to],
  );
  const { lineIds } = await stageStatement(platform, { programmeId, from, to, state: 'reconciled', lines: rows });
  for (const [i, { id }] of rows.entries()) await insertMatch(platform.owner, lineIds[i] ?? '', id, newId());
}
