import { expect } from 'vitest';
import { newId } from '../../src/platform/index.ts';
import { OfflineOffice } from '../support/offline.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** A pack that is out at an office of its own. */
async function packOut({ platform }: Stage) {
  const office = await OfflineOffice.open(platform, 1);
  return { office, agent: office.staff.agent, ...(await office.out(1)) };
}

/** Attacks on the duties of offices without a network. */
export const onPacks = {
  async offline_packs_agent_is_another({ frame, app }) {
    const by = newId();
    const pack = (agentId: string) =>
      app.query(
        `insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at,
          voucher_count, cash_limit, currency, work_factor, head_hash)
        values (gen_random_uuid(), $1, $2, $3, $4, $5, now(), now(), now() + interval '8 hours', now() + interval '3 days', 1, 100, 'DZD', 4, repeat('0', 64))`,
        [frame.programmeId, frame.officeId, newId(), agentId, by],
      );
    await refused('offline_packs_agent_is_another', pack(by));
    await refused('offline_packs_device_id_fkey', pack(newId()));
  },
  async offline_packs_closed_by_another(stage) {
    const { app } = stage;
    const { packId, agent } = await packOut(stage);
    const close = (by: string) =>
      app.query(`update offline_packs set is_finished = true, state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [
        packId,
        by,
      ]);
    await refused('offline_packs_closed_by_another', close(agent.userId));
    await close(newId());
  },
  async offline_packs_lost_by_two(stage) {
    const { app } = stage;
    const { packId } = await packOut(stage);
    const reporter = newId();
    await app.query(
      `update offline_packs set loss_reported_by = $2, loss_reported_at = now(), loss_reason = 'Left in a taxi' where id = $1`,
      [packId, reporter],
    );
    const confirm = (by: string) =>
      app.query(`update offline_packs set state = 'lost', loss_confirmed_by = $2, loss_confirmed_at = now() where id = $1`, [packId, by]);
    await refused('offline_packs_lost_by_two', confirm(reporter));
    await confirm(newId());
  },
  async offline_conflicts_resolved_by_another(stage) {
    const { platform, app } = stage;
    const { office, packId, vouchers, agent } = await packOut(stage);
    const { body } = await office.staff.agent.post(`/v1/offline-packs/${packId}/syncs`, {
      length: 0,
      entries: [{ payload: 'nothing', signature: 'nothing' }],
    });
    expect(body.entries).toEqual([{ state: 'conflict', reason: 'bad_signature' }]);
    const resolve = (by: string) =>
      app.query(
        `update offline_conflicts set state = 'resolved', resolution = 'dismissed', note = 'Nothing', resolved_by = $2, resolved_at = now()
        where pack_id = $1`,
        [packId, by],
      );
    for (const by of [agent.userId, office.staff.supervisor.userId]) await refused('offline_conflicts_resolved_by_another', resolve(by));
    await platform.owner.query('update offline_conflicts set voucher_id = $2 where pack_id = $1', [packId, vouchers[0]?.id]);
    const { rows } = await platform.owner.query('select user_id as id from payment_list_hands where list_id = $1', [vouchers[0]?.listId]);
    for (const { id } of rows) await refused('offline_conflicts_resolved_by_another', resolve(id));
    await resolve(newId());
  },
} satisfies Partial<Attacks>;
