import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkIdentities } from '../../src/ledger/index.ts';
import { newId } from '../../src/platform/index.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../support/fixtures.ts';
import { makePlan, makeTeam, type Team } from '../support/plans.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { type DoomedProcess, endAll, environment, keys, runUntil, startDoomed } from './doomed-process.ts';
import type { ListOrder } from './releaser.ts';

const PEOPLE = 8;
/** After how many messages each process is killed: within its first line, or a later one. */
const KILLS = [12, 45];

describe('a list whose process is killed', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let planId: string;
  const people: Person[] = [];
  const listId = newId();
  const processes: DoomedProcess[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment });
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    for (let i = 0; i < PEOPLE; i += 1) people.push(await makePerson(platform, frame.programmeId));
    planId = await makePlan(platform, frame, people, '100.00');
  });
  afterAll(async () => {
    endAll(processes);
    await platform.close();
  });

  /** Runs a job in processes that are killed one after the other, looks at what each leaves, and lets a last one finish. */
  async function survive(job: ListOrder['job'], look: () => Promise<void>): Promise<void> {
    for (const messages of KILLS) {
      const doomed = await startDoomed<ListOrder>(platform, './releaser.ts', { ...keys, job });
      processes.push(doomed);
      expect(await runUntil(doomed, listId, messages)).toBe(false);
      await look();
    }
    const last = await startDoomed<ListOrder>(platform, './releaser.ts', { ...keys, job });
    processes.push(last);
    expect(await runUntil(last, listId, Number.POSITIVE_INFINITY)).toBe(true);
  }

  const first = async (text: string): Promise<Record<string, unknown>> => (await platform.owner.query(text, [listId])).rows[0];

  it('is built as far as it says, and finished by another process', async () => {
    await platform.owner.query(
      `insert into payment_lists (id, programme_id, name, source, currency, built_by, created_at) values ($1, $2, 'Doomed', $3, 'DZD', $4, now())`,
      [listId, frame.programmeId, { planIds: [planId] }, team.maker.userId],
    );
    await platform.owner.query(`insert into payment_list_builds (list_id, day, due) values ($1, current_date, $2)`, [listId, PEOPLE]);
    const traces = () =>
      first(`select l.line_count as counted, b.seen, (select count(*)::int from payment_list_lines where list_id = $1) as lines,
        (select coalesce(sum(line_count), 0)::int from payment_list_funds where list_id = $1) as drawn
        from payment_lists l join payment_list_builds b on b.list_id = l.id where l.id = $1`);
    await survive('payments.build', async () => {
      const { seen, ...counts } = await traces();
      expect(counts).toEqual({ counted: seen, lines: seen, drawn: seen });
      expect(seen).toBeLessThan(PEOPLE);
    });
    expect(await traces()).toEqual({ counted: PEOPLE, seen: PEOPLE, lines: PEOPLE, drawn: PEOPLE });
    const { body } = await team.maker.get(`/v1/payment-lists/${listId}`).expect(200);
    expect(body).toMatchObject({ state: 'draft', total: { amount: '800.00' } });
  }, 120_000);

  it('is released as far as it says, each line once and with its money, and finished by another process', async () => {
    const { digest } = (await team.maker.post(`/v1/payment-lists/${listId}/submit`).expect(200)).body;
    await team.approver.post(`/v1/payment-lists/${listId}/approve`, { digest }).expect(200);
    // What the command leaves of a list that one batch does not hold.
    await platform.owner.query(
      `insert into payment_list_hands (list_id, user_id, hand, digest, at) values ($1, $2, 'releaser', $3, now())`,
      [listId, team.finance.userId, digest],
    );
    await platform.owner.query(`update payment_lists set state = 'releasing' where id = $1`, [listId]);
    const traces = () =>
      first(`select (select coalesce(max(to_position), 0) from payment_list_batches where list_id = $1) as settled,
        (select count(*)::int from payment_list_lines where list_id = $1 and state = 'released') as released,
        (select count(*)::int from vouchers where list_id = $1) as vouchers, (select count(*)::int from messages where list_id = $1) as messages,
        (select count(*)::int from journal_entries where subject_id = $1 and event = 'issue') as entries`);
    await survive('payments.release', async () => {
      const { settled, ...counts } = await traces();
      expect(counts).toEqual({ released: settled, vouchers: settled, messages: settled, entries: settled });
      expect(settled).toBeLessThan(PEOPLE);
      const broken = (await checkIdentities(platform.app.database.reader, frame.programmeId)).filter(({ holds }) => !holds);
      expect(broken).toEqual([]);
    });
    expect(await traces()).toEqual({ settled: PEOPLE, released: PEOPLE, vouchers: PEOPLE, messages: PEOPLE, entries: PEOPLE });
    const { body } = await team.finance.get(`/v1/payment-lists/${listId}`).expect(200);
    expect(body).toMatchObject({ state: 'released', byState: [{ state: 'released', lines: PEOPLE }], progress: null });
    const { rows } = await platform.owner.query(`select payload from follow_ups where job = 'messaging.send_codes'`);
    expect(rows).toContainEqual({ payload: { listId } });
  }, 120_000);
});
