import type { Execute } from '../../src/platform/index.ts';
import { loadPilotGeography, pilotOffices, pilotProgramme } from '../../src/seeding.ts';
import type { ItemOf } from '../support/api-client.ts';
import type { Member, Staff } from './staff.ts';
import type { Stage } from './stage.ts';

export const RECEIVED = '20000000.00';

/** The frame of the pilot and the people who work in it. */
export interface Pilot {
  readonly staff: Staff;
  readonly programmeId: string;
  readonly fundId: string;
  readonly offices: readonly ItemOf<'listOffices'>[];
  readonly administrator: Member;
  readonly enrolment: Member;
  readonly programme: Member;
  readonly approvers: readonly [Member, Member];
  readonly finance: Member;
  /** Reconciles what the other released. */
  readonly reconciler: Member;
  readonly auditor: Member;
  readonly donor: Member;
}

/** The programme, the donor's fund with its money, the post offices, and an account for everybody. */
export async function setUp(stage: Stage, staff: Staff, execute: Execute): Promise<Pilot> {
  stage.chapter('Setting up: a programme, a fund, the post offices, the people');
  const { added } = await loadPilotGeography(execute);
  const administrator = await staff.first(execute);
  const programme = await administrator.api.call('createProgramme', { body: pilotProgramme });
  const programmeId = programme.id;
  const within = { programmeId };
  const imported = await administrator.api.call('importOffices', { body: await pilotOffices() });
  const offices: ItemOf<'listOffices'>[] = [];
  for await (const office of administrator.api.all('listOffices')) offices.push(office);
  stage.check('341 post offices', [imported.added, offices.length], [341, 341]);
  const finance = await staff.hire(administrator, 'finance_officer', 'Farida Finance', within);
  const fund = await finance.api.call('createFund', {
    params: { programmeId },
    body: { donor: 'Example donor', agreement: 'AG-2026-07', drawOrder: 2 },
  });
  await finance.api.call('recordContribution', {
    params: { fundId: fund.id },
    body: { amount: { amount: RECEIVED, currency: 'DZD' }, receivedOn: '2026-01-15', reference: 'BANK-4711' },
  });
  const { balances } = await finance.api.call('getFundBalances', { params: { fundId: fund.id } });
  const available = balances.find(({ kind }) => kind === 'fund_available');
  stage.check('the donor’s money is in the fund', available?.balance.amount, RECEIVED);
  const pilot: Pilot = {
    staff,
    programmeId,
    fundId: fund.id,
    offices,
    administrator,
    finance,
    reconciler: await staff.hire(administrator, 'finance_officer', 'Rachid Reconciliation', within),
    enrolment: await staff.hire(administrator, 'enrolment_officer', 'Amel Enrolment', within),
    programme: await staff.hire(administrator, 'programme_officer', 'Karim Programme', within),
    approvers: [
      await staff.hire(administrator, 'approver', 'Nadia Approver', within),
      await staff.hire(administrator, 'approver', 'Omar Approver', within),
    ],
    auditor: await staff.hire(administrator, 'auditor', 'Samia Auditor'),
    donor: await staff.hire(administrator, 'donor', 'Dora Donor', { fundId: fund.id }),
  };
  stage.say(`${added} wilayas and communes, 1 programme, 1 fund with ${RECEIVED} DZD, 9 people, each with an authenticator.`);
  const refused = await administrator.api.refusal('listPaymentLists', { params: { programmeId } });
  stage.check('an administrator cannot look at payments', refused?.code, 'forbidden');
  return pilot;
}
