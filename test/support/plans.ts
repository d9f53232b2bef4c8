import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, packageRoot } from '../../src/platform/index.ts';
import type { Frame, Person } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';

/** A scorecard that comes with the platform. */
export const someDefinition = (): object => JSON.parse(readFileSync(join(packageRoot, 'seeds/scorecards/reintegration.json'), 'utf8'));

let counter = 0;

/**
 * A one-time grant that owes each of these people one amount, due long ago.
 * @param covers the first day that it is for and the last
 * @returns its id
 */
export async function makePlan(
  { owner }: TestPlatform,
  { programmeId }: Frame,
  people: readonly Person[],
  amount = '15000.00',
  purpose = `purpose ${newId()}`,
  [first, last]: readonly [string, string] = ['2026-01-01', '2026-01-01'],
): Promise<string> {
  counter += 1;
  const [scorecardId, planId] = [newId(), newId()];
  await owner.query(`insert into scorecards values ($1, $2, $3, $4, $1, now())`, [
    scorecardId,
    programmeId,
    1000 * counter,
    someDefinition(),
  ]);
  await owner.query(
    `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, due_on, scorecard_id, created_by, created_at)
    values ($1, $2, 1, 'one_time_grant', $1::uuid::text, $3, $4, 'DZD', '2026-01-01', $5, $1, now())`,
    [planId, programmeId, purpose, { rule: 'fixed', amount }, scorecardId],
  );
  for (const { id, householdId } of people) {
    const entitlementId = newId();
    await owner.query(
      `insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, created_at) values ($1, $2, $3, $4, $5, now())`,
      [entitlementId, planId, id, first, last],
    );
    await owner.query(
      `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
        covers_to, due_on, amount, currency, created_at)
      values ($1, $2, 1, $3, 'one_time_grant', $4, $5, $6, $7, $9, $10, '2026-01-01', $8, 'DZD', now())`,
      [newId(), entitlementId, planId, programmeId, id, householdId, purpose, amount, first, last],
    );
  }
  return planId;
}

/** The people whose hands a list goes through, each somebody else. */
export interface Team {
  readonly maker: Client;
  readonly approver: Client;
  readonly finance: Client;
}

export const makeTeam = async (platform: TestPlatform, { programmeId }: Frame): Promise<Team> => ({
  maker: await platform.as('programme_officer', { programme: programmeId }),
  approver: await platform.as('approver', { programme: programmeId }),
  finance: await platform.as('finance_officer', { programme: programmeId }),
});

/** A list as the API shows it, as far as the tests look. */
export interface ListBody {
  readonly id: string;
  readonly state: string;
  readonly lineCount: number;
  readonly digest: string;
}

/** Builds a list of a plan and submits it. */
export async function submitted({ maker }: Team, { programmeId, fundId }: Frame, planId: string): Promise<ListBody> {
  const { body } = await maker
    .post(`/v1/programmes/${programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [fundId] })
    .expect(201);
  return (await maker.post(`/v1/payment-lists/${body.id}/submit`).expect(200)).body;
}

/** A submitted list with the one signature that it needs. */
export async function approved(team: Team, frame: Frame, planId: string): Promise<ListBody> {
  const { id, digest } = await submitted(team, frame, planId);
  return (await team.approver.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(200)).body;
}
