import { newId } from '../../src/platform/index.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** A case about a colleague. */
async function accusedCase({ frame, app }: Stage) {
  const [id, accused] = [newId(), newId()];
  await app.query(
    `insert into feedback_cases (id, programme_id, reference, channel, language, category, is_sensitive, is_anonymous, has_contact, data_key, content,
      accused_ids, received_at, acknowledge_due_at, resolve_due_at)
    values ($1, $2, lpad((random() * 1e9)::bigint::text, 10, '0'), 'box', 'fr', 'other', false, true, false, '', '', array[$3::uuid], now(),
      now() + interval '1 hour', now() + interval '1 day')`,
    [id, frame.programmeId, accused],
  );
  return { id, accused };
}

/** Attacks on the duties of listening: signals, complaints and interviews. */
export const onVoices = {
  async signals_judged_by_another({ frame, app }) {
    const [agent, signal] = [newId(), newId()];
    await app.query(
      `insert into signals (id, programme_id, kind, key, agent_id, concerns, severity, count, began_at, ended_at, evidence, found_at)
      values ($1, $2, 'agent_burst', $1::uuid::text, $3, array[$3::uuid], 'low', 1, now(), now(), '{}', now())`,
      [signal, frame.programmeId, agent],
    );
    const take = (by: string) =>
      app.query(`update signals set state = 'in_review', owner_id = $2, taken_at = now() where id = $1`, [signal, by]);
    await refused('signals_judged_by_another', take(agent));
    await take(newId());
  },
  async feedback_cases_not_by_accused(stage) {
    const { app } = stage;
    const { id, accused } = await accusedCase(stage);
    const own = (by: string) => app.query('update feedback_cases set owner_id = $2 where id = $1', [id, by]);
    await refused('feedback_cases_not_by_accused', own(accused));
    await own(newId());
  },
  async feedback_steps_not_by_accused(stage) {
    const { app } = stage;
    const { id, accused } = await accusedCase(stage);
    const step = (by: string) => app.query(`insert into feedback_steps values ($1, 1, 'noted', $2, now())`, [id, by]);
    await refused('feedback_steps_not_by_accused', step(accused));
    await step(newId());
  },
  async survey_interviews_by_another({ frame, app, paid, hands }) {
    const id = newId();
    await app.query(
      `with round as (insert into survey_rounds (id, programme_id, name, from_on, to_on, confidence, margin, stratify_by, minimum, questionnaire, created_by,
          created_at) values ($1, $2, 'R', '2026-03-01', '2026-03-31', 0.95, 0.05, '{}', 1, '[]', $1, now()) returning id),
        stratum as (insert into survey_strata select id, 'all', 1, 1 from round),
        frame as (insert into survey_frame select id, 'all', 1, $3, $4, '16', 'female', '18-59', false from round)
      insert into survey_interviews (id, round_id, stratum, rank, beneficiary_id, payout_id) select id, id, 'all', 1, $3, $4 from round`,
      [id, frame.programmeId, paid.beneficiaryId, paid.payoutId],
    );
    const ask = (by: string) => app.query('update survey_interviews set interviewer_id = $2 where id = $1', [id, by]);
    for (const hand of [...hands, paid.agentId]) await refused('survey_interviews_by_another', ask(hand));
    await ask(newId());
  },
} satisfies Partial<Attacks>;
