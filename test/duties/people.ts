import { shippedModel } from '../../src/matching/index.ts';
import { newId } from '../../src/platform/index.ts';
import { makePerson, type Person } from '../support/fixtures.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

const pairOf = async ({ platform, frame }: Stage): Promise<[Person, Person]> => {
  const people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
  const [first, second] = people.sort((one, other) => (one.id < other.id ? -1 : 1)) as [Person, Person];
  await platform.owner.query(
    `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
    [first.id, second.id, frame.programmeId],
  );
  return [first, second];
};

const handsIn = async ({ platform }: Stage, id: string): Promise<string[]> => {
  const { rows } = await platform.owner.query(
    'select b.registered_by, e.entered_by from beneficiaries b join enrolments e on e.beneficiary_id = b.id where b.id = $1',
    [id],
  );
  return [rows[0].registered_by, rows[0].entered_by];
};

/** Attacks on the duties around people: who registers, verifies, compares, merges and erases them. */
export const onPeople = {
  async enrolments_verified_by_another(stage) {
    const { platform, frame, app } = stage;
    const { id } = await makePerson(platform, frame.programmeId);
    const changer = newId();
    await platform.owner.query(`insert into beneficiary_changes values ($1, 2, '{language}', '', 'As asked', $2, now())`, [id, changer]);
    for (const by of [...(await handsIn(stage, id)), changer])
      await refused(
        'enrolments_verified_by_another',
        app.query('update enrolments set verified_by = $2 where beneficiary_id = $1', [id, by]),
      );
  },
  async phone_holds_two_people({ platform, frame, app }) {
    const { id } = await makePerson(platform, frame.programmeId);
    const [holdId, one, another] = [newId(), newId(), newId()];
    await platform.owner.query(
      `insert into phone_holds (id, beneficiary_id, programme_id, phones_before, hands, changed_by, changed_at, held_until)
      values ($1, $2, $3, '', $4, $5, now(), now() + interval '2 days')`,
      [holdId, id, frame.programmeId, [one, another], another],
    );
    const confirm = (by: string) =>
      app.query(`update phone_holds set decision = 'confirmed', reason = 'Seen', decided_by = $2, decided_at = now() where id = $1`, [
        holdId,
        by,
      ]);
    for (const by of [one, another]) await refused('phone_holds_two_people', confirm(by));
    await confirm(newId());
  },
  async duplicate_pairs_decided_by_another(stage) {
    const { app } = stage;
    const [first, second] = await pairOf(stage);
    const decide = (by: string) =>
      app.query(
        `update duplicate_pairs set state = 'different_people', reason = 'As seen', decided_by = $2, decided_at = now() where first_id = $1`,
        [first.id, by],
      );
    const keep = (by: string) =>
      app.query(`insert into duplicate_decisions values ($1, $2, $3, 'different_people', '[]', 'As seen', $4, now())`, [
        newId(),
        first.id,
        second.id,
        by,
      ]);
    for (const by of [...(await handsIn(stage, first.id)), ...(await handsIn(stage, second.id))]) {
      await refused('duplicate_pairs_decided_by_another', decide(by));
      await refused('duplicate_pairs_decided_by_another', keep(by));
    }
    await decide(newId());
    const [owner = ''] = await handsIn(stage, first.id);
    await refused(
      'duplicate_pairs_decided_by_another',
      app.query('update duplicate_pairs set decided_by = $2 where first_id = $1', [first.id, owner]),
    );
  },
  async mergers_by_another(stage) {
    const { app } = stage;
    const [first, second] = await pairOf(stage);
    const mergerId = newId();
    const merge = (by: string) =>
      app.query(`insert into mergers (id, loser_id, survivor_id, before, merged_by, merged_at) values ($1, $2, $3, '{}', $4, now())`, [
        mergerId,
        second.id,
        first.id,
        by,
      ]);
    const undo = (by: string) => app.query('update mergers set undone_by = $2, undone_at = now() where id = $1', [mergerId, by]);
    const involved = [...(await handsIn(stage, first.id)), ...(await handsIn(stage, second.id))];
    for (const by of involved) await refused('mergers_by_another', merge(by));
    await merge(newId());
    for (const by of involved) await refused('mergers_by_another', undo(by));
  },
  async erasures_two_people({ platform, frame, app }) {
    const { id } = await makePerson(platform, frame.programmeId);
    const [erasureId, asker] = [newId(), newId()];
    await app.query(
      `insert into erasures (id, beneficiary_id, programme_id, ground, reason, origin, asked_by, asked_at)
      values ($1, $2, $3, 'mistake', 'Case 12', 'people', $4, now())`,
      [erasureId, id, frame.programmeId, asker],
    );
    await refused(
      'erasures_two_people',
      app.query(`update erasures set state = 'done', decided_by = $2, decided_at = now() where id = $1`, [erasureId, asker]),
    );
  },
  async matching_model_uses_by_another({ frame, app }) {
    const [modelId, by] = [newId(), newId()];
    await app.query('insert into matching_models values ($1, $2, 1, $3, $4, $5, now())', [
      modelId,
      frame.programmeId,
      shippedModel,
      {},
      by,
    ]);
    const use = (user: string) =>
      app.query('insert into matching_model_uses values ($1, $2, $3, $4, now())', [newId(), frame.programmeId, modelId, user]);
    await refused('matching_model_uses_by_another', use(by));
    await use(newId());
  },
} satisfies Partial<Attacks>;
