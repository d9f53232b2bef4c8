import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onAccess } from '../../test/duties/access.ts';
import { onCash } from '../../test/duties/cash.ts';
import { onLists } from '../../test/duties/lists.ts';
import { onPacks } from '../../test/duties/offline.ts';
import { onPeople } from '../../test/duties/people.ts';
import { onPlans } from '../../test/duties/plans.ts';
import { onSettlements } from '../../test/duties/settlements.ts';
import { type Attacks, type Stage, startStage } from '../../test/duties/stage.ts';
import { onStatements } from '../../test/duties/statements.ts';
import { onVoices } from '../../test/duties/voices.ts';
import { newId } from '../platform/index.ts';
import { incompatibleRoles, rolePlaces, roles } from './roles.ts';

/** Every one of `duties` has to be here. */
const attacks: Attacks = {
  ...onPeople,
  ...onPlans,
  ...onLists,
  ...onCash,
  ...onPacks,
  ...onStatements,
  ...onSettlements,
  ...onVoices,
  ...onAccess,
};

describe('the database keeps duties apart, whoever writes', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.platform.close());

  it.each(Object.entries(attacks))('%s', async (_constraint, attack) => attack(stage));

  it('lets nobody reject a list unsigned, or rewrite what somebody signed', async () => {
    for (const statement of [
      'update payment_list_hands set user_id = gen_random_uuid()',
      'delete from payment_list_hands',
      'update role_grants set granted_by = gen_random_uuid()',
      'update enrolments set entered_by = gen_random_uuid()',
      'update payouts set agent_id = gen_random_uuid()',
      'update matching_models set created_by = gen_random_uuid()',
      'update beneficiaries set registered_by = gen_random_uuid()',
      'update mergers set merged_by = gen_random_uuid()',
      'alter table payouts disable trigger all',
    ])
      await expect(stage.app.query(statement), statement).rejects.toMatchObject({ code: expect.stringMatching(/42501|23/) });
  });

  it('holds the roles of src/access/roles.ts: the same names, and the same pairs that nobody holds', async () => {
    const { rows } = await stage.platform.owner.query('select role, other from incompatible_roles order by role, other');
    const listed = incompatibleRoles.flatMap(([role, other]) => [
      { role, other },
      { role: other, other: role },
    ]);
    listed.sort((one, two) => (`${one.role} ${one.other}` < `${two.role} ${two.other}` ? -1 : 1));
    expect(rows).toEqual(listed);
    expect(Object.keys(rolePlaces)).toEqual([...roles]);
    const { rows: checks } = await stage.platform.owner.query(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'role_grants_role_check'`,
    );
    expect([...checks[0].definition.matchAll(/'([a-z_]+)'/g)].map(([, role]) => role)).toEqual([...roles]);
  });

  it('refuses the second of two roles that control each other, when both are granted at once over two connections', async () => {
    const { platform, frame, app } = stage;
    const other = await platform.applicationClient();
    for (const [one, two] of incompatibleRoles) {
      const { id: userId } = (
        await platform.owner.query(
          `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
          values ($1::uuid, $1::text || '@example.org', 'Test', '$argon2id$none', '', $1::uuid, now()) returning id`,
          [newId()],
        )
      ).rows[0];
      const grant = (client: pg.Client, role: (typeof roles)[number]) => {
        const [kind] = rolePlaces[role].obligatory ? rolePlaces[role].kinds : [];
        return client.query(
          `insert into role_grants (id, user_id, role, office_id, fund_id, granted_by, granted_at) values ($1, $2, $3, $4, $5, '00000000-0000-0000-0000-000000000001', now())`,
          [newId(), userId, role, kind === 'office' ? frame.officeId : null, kind === 'fund' ? frame.fundId : null],
        );
      };
      const outcomes = await Promise.allSettled([grant(app, one), grant(other, two)]);
      expect([one, two, ...outcomes.map(({ status }) => status).sort()]).toEqual([one, two, 'fulfilled', 'rejected']);
    }
  });
});
