import { expect } from 'vitest';
import { newId } from '../../src/platform/index.ts';
import { type Attacks, refused } from './stage.ts';

/** Attacks on the duties of who lets others in, and what leaves: keys, gateways, exports, webhooks and roles. */
export const onAccess = {
  async api_keys_two_people({ frame, app }) {
    const [accountId, keyId, maker] = [newId(), newId(), newId()];
    await app.query(
      `insert into service_accounts (id, name, role, programme_id, created_by, created_at) values ($1, $1::uuid::text, 'auditor', $2, $3, now())`,
      [accountId, frame.programmeId, newId()],
    );
    const issue = (columns: string, values: string) =>
      app.query(
        `insert into api_keys (id, service_account_id, permissions, prefix, key_hash, expires_at, created_by, created_at${columns})
        values ($1, $2, '{audit.read}', $3, sha256($3::text::bytea), now() + interval '1 day', $4, now()${values})`,
        [keyId, accountId, newId().slice(-8), maker],
      );
    await refused('api_keys_over', issue(', confirmed_by, confirmed_at', ', gen_random_uuid(), now()'));
    await issue('', '');
    const confirm = (by: string) => app.query('update api_keys set confirmed_by = $2, confirmed_at = now() where id = $1', [keyId, by]);
    await refused('api_keys_two_people', confirm(maker));
    await refused('api_keys_confirmed', app.query('update api_keys set confirmed_by = gen_random_uuid() where id = $1', [keyId]));
    await confirm(newId());
    await refused('api_keys_over', confirm(newId()));
    await refused('api_keys_over', app.query('update api_keys set confirmed_by = null, confirmed_at = null where id = $1', [keyId]));
    for (const forged of [`created_by = gen_random_uuid()`, `key_hash = ''`, `permissions = '{audit.export}'`])
      await expect(app.query(`update api_keys set ${forged} where id = $1`, [keyId])).rejects.toMatchObject({ code: '42501' });
  },
  async gateways_two_people({ app }) {
    const [id, maker, helper, colleague] = [newId(), newId(), newId(), newId()];
    const add = (enabled: boolean, by: string | null) =>
      app.query(
        `insert into gateways (id, name, kind, position, per_second, settings, credentials, enabled, changed_by, enabled_by, created_by, created_at)
        values ($1, $1::uuid::text, 'http', 1, 1, '{}', 'sealed', $2, $3, $4, $5, now())`,
        [id, enabled, [maker, helper], by, maker],
      );
    for (const by of [maker, helper, null]) await refused('gateways_two_people', add(true, by));
    await add(false, null);
    const change = (what: string) => app.query(`update gateways set ${what} where id = $1`, [id]);
    const enable = (by: string) => change(`enabled = true, enabled_by = '${by}'`);
    for (const by of [maker, helper]) await refused('gateways_two_people', enable(by));
    await refused('gateways_two_people', change('enabled = true'));
    await refused('gateways_over', change(`changed_by = '{${helper}}', enabled = true, enabled_by = '${maker}'`));
    await enable(colleague);
    const elsewhere = [`settings = '{"url":"https://elsewhere"}'`, 'position = 2', `credentials = 'others', version = version + 1`];
    for (const isEnabled of [true, false]) {
      for (const what of elsewhere) await refused('gateways_over', change(`${what}, enabled = ${isEnabled}`));
      await change('enabled = false');
    }
    await change(`credentials = 'sealed anew'`);
    for (const what of elsewhere)
      await refused('gateways_two_people', change(`${what}, changed_by = '{${helper}}', enabled_by = '${helper}', enabled = true`));
  },
  async export_definitions_two_people({ frame, app }) {
    const [id, maker, owner, colleague] = [newId(), newId(), newId(), newId()];
    const define = (state: string, recipient: string | null, approvedBy: string | null = null) =>
      app.query(
        `insert into export_definitions (id, programme_id, name, dataset, is_personal, format, period, every, hour, owner_id, recipient, purpose,
          reason, state, approved_by, last_due_on, created_by, created_at)
        values ($1, $2, 'x', 'beneficiaries', true, 'csv', 'day', 'day', 6, $3, $4, 'monitoring', 'for a test', $5, $6, '2026-01-01', $7, now())`,
        [id, frame.programmeId, owner, recipient, state, approvedBy, maker],
      );
    await refused('export_definitions_first_state', define('on', 'age1xxxxxxxx', colleague));
    await refused('export_definitions_encrypted', define('proposed', null));
    await define('proposed', 'age1xxxxxxxx');
    const approve = (by: string | null) =>
      app.query(`update export_definitions set state = 'on', approved_by = $2 where id = $1`, [id, by]);
    for (const by of [maker, owner, null]) await refused('export_definitions_two_people', approve(by));
    await approve(colleague);
    await refused('export_definitions_over', app.query(`update export_definitions set approved_by = $2 where id = $1`, [id, newId()]));
    await refused('export_definitions_over', app.query(`update export_definitions set last_due_on = '2025-12-31' where id = $1`, [id]));
    for (const what of [`recipient = 'age1other'`, 'owner_id = gen_random_uuid()', `dataset = 'payouts'`, 'is_personal = false'])
      await expect(app.query(`update export_definitions set ${what} where id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
  },
  async webhooks_two_people({ frame, app }) {
    const [id, maker, helper, colleague] = [newId(), newId(), newId(), newId()];
    await app.query(
      `insert into webhooks (id, programme_id, url, events, description, makers, secret, created_by, created_at)
      values ($1, $2, 'https://erp.example.org', '{voucher.paid}', 'x', $3, 'sealed', $4, now())`,
      [id, frame.programmeId, [maker, helper], maker],
    );
    const change = (what: string) => app.query(`update webhooks set ${what} where id = $1`, [id]);
    const enable = (by: string) => change(`state = 'on', since = now(), confirmed_by = '${by}'`);
    for (const by of [maker, helper]) await refused('webhooks_two_people', enable(by));
    await refused('webhooks_two_people', change(`state = 'on', since = now()`));
    await refused('webhooks_over', change(`makers = '{${helper}}', state = 'on', since = now(), confirmed_by = '${maker}'`));
    await enable(colleague);
    for (const what of [`url = 'https://elsewhere.example'`, `events = '{voucher.expired}'`, `makers = '{${newId()}}'`])
      await refused('webhooks_over', change(what));
    await change(`secret = 'sealed anew'`);
    await refused('webhooks_two_people', change(`url = 'https://elsewhere.example', makers = '{${helper}}', confirmed_by = '${helper}'`));
  },
  async role_grants_not_to_oneself({ platform, app }) {
    const { userId } = await platform.as('enrolment_officer');
    await refused(
      'role_grants_not_to_oneself',
      app.query('insert into role_grants (id, user_id, role, granted_by, granted_at) values ($1, $2, $3, $2, now())', [
        newId(),
        userId,
        'approver',
      ]),
    );
  },
} satisfies Partial<Attacks>;
