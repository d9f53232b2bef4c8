import { newId } from '../../src/platform/index.ts';
import { makeStatement } from '../support/exceptions.ts';
import { insertMatch, stageStatement } from '../support/statements.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** Two exceptions of the pay-out: one names it, the other the line of the post's that does. */
async function twoExceptions({ platform, frame, paid }: Stage, ownerId: string | null = null) {
  const { statementId, lineIds } = await makeStatement(platform, frame, [{ serial: paid.serial }]);
  const [exceptionId, byLine] = [newId(), newId()];
  for (const [id, payoutId, lineId] of [
    [exceptionId, paid.payoutId, null],
    [byLine, null, lineIds[0]],
  ])
    await platform.owner.query(
      `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, payout_id, detail, owner_id, opened_at)
      values ($1, $2, $3, 'reversed', $4, $5, 'x', $6, now())`,
      [id, frame.programmeId, statementId, lineId, payoutId, ownerId],
    );
  return { exceptionId, byLine };
}

/** The claim of a dinar. @returns its identifier */
async function propose({ frame, app }: Stage, exceptionId: string, by: string): Promise<string> {
  const id = newId();
  await app.query(
    `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, note, proposed_by, proposed_at)
    values ($1, $2, 'claim_on_post', 1, 'DZD', $3, $4, 'x', $5, now())`,
    [id, exceptionId, frame.fundId, frame.officeId, by],
  );
  return id;
}

const approve = ({ app }: Stage, id: string, by: string) =>
  app.query(`update exception_decisions set state = 'approved', decided_by = $2, decided_at = now() where id = $1`, [id, by]);

const insertStatement = ({ platform, frame }: Stage, id: string, digit: string, uploadedBy = id) =>
  platform.owner.query(
    `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, uploaded_by, uploaded_at)
    values ($1, $2, 'S', $3, 'DZD', '2026-03-01', '2026-03-31', $4, now())`,
    [id, frame.programmeId, digit.repeat(64), uploadedBy],
  );

const insertLine = ({ platform, paid }: Stage, id: string, statementId: string) =>
  platform.owner.query(
    `insert into statement_lines (id, statement_id, row_number, kind, reference, serial, amount, currency, office_code, paid_on)
    values ($1, $2, 1, 'payment', 'R', $3, 15000, 'DZD', '16001', '2026-03-10')`,
    [id, statementId, paid.serial],
  );

/** A statement that speaks of the pay-out, and that nothing rests on. */
const standing = async ({ platform, frame, paid }: Stage): Promise<string> =>
  (await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial: paid.serial }] })).id;

const ask = ({ app }: Stage, statementId: string, by: string) =>
  app.query(`insert into statement_withdrawals (id, statement_id, reason, asked_by, asked_at) values ($1, $2, 'Misread', $3, now())`, [
    newId(),
    statementId,
    by,
  ]);

const confirm = (app: Stage['app'], statementId: string, by: string) =>
  app.query(
    `update statement_withdrawals set state = 'confirmed', decided_by = $2, decided_at = now() where statement_id = $1 and state = 'asked'`,
    [statementId, by],
  );

/** Attacks on the duties of reconciliation: statements, matches, exceptions and what is decided of them. */
export const onStatements = {
  async statement_matches_by_another({ platform, frame, app, paid, hands }) {
    const { lineIds } = await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial: paid.serial }] });
    const [lineId = ''] = lineIds;
    const match = (by: string) => insertMatch(app, lineId, paid.payoutId, by);
    for (const hand of [...hands, paid.agentId]) await refused('statement_matches_by_another', match(hand));
    await match(newId());
  },
  async statement_decisions_by_another({ platform, app, paid, hands }) {
    const { rows } = await platform.owner.query('select statement_line_id as id from statement_matches limit 1');
    const decide = (by: string) =>
      app.query(`insert into statement_decisions values ($1, $2, 'payout', $3, 'apart', 'By hand', $4, now())`, [
        newId(),
        rows[0].id,
        paid.payoutId,
        by,
      ]);
    for (const hand of [...hands, paid.agentId]) await refused('statement_decisions_by_another', decide(hand));
    await decide(newId());
  },
  async statements_by_another(stage) {
    const { app, paid, hands } = stage;
    const staged = async (by: string, digit: string) => {
      const id = newId();
      await insertStatement(stage, id, digit, by);
      await insertLine(stage, newId(), id);
      return app.query(`update statements set state = 'staged' where id = $1`, [id]);
    };
    for (const [i, hand] of [...hands, paid.agentId].entries()) await refused('statements_by_another', staged(hand, 'abcdef'[i] ?? '9'));
    await staged(newId(), '0');
  },
  async statement_withdrawals_by_another(stage) {
    const { app, paid, hands } = stage;
    const statementId = await standing(stage);
    for (const hand of [...hands, paid.agentId]) await refused('statement_withdrawals_by_another', ask(stage, statementId, hand));
    // Nor where it misses the cash.
    const silent = await stageStatement(stage.platform, { programmeId: stage.frame.programmeId, lines: [] });
    await stage.platform.owner.query(
      `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at) values ($1, $2, $3, 'ours_not_in_statement', $4, 'x', now())`,
      [newId(), stage.frame.programmeId, silent.id, paid.payoutId],
    );
    for (const hand of [...hands, paid.agentId]) await refused('statement_withdrawals_by_another', ask(stage, silent.id, hand));
    await ask(stage, statementId, newId());
    for (const hand of [...hands, paid.agentId]) await refused('statement_withdrawals_by_another', confirm(app, statementId, hand));
    await confirm(app, statementId, newId());
  },
  async statement_withdrawals_two_people(stage) {
    const statementId = await standing(stage);
    const by = newId();
    await ask(stage, statementId, by);
    await refused('statement_withdrawals_two_people', confirm(stage.app, statementId, by));
  },
  async exceptions_resolved_by_another(stage) {
    const { app, paid, hands } = stage;
    const { exceptionId, byLine } = await twoExceptions(stage);
    const resolve = (id: string, by: string) =>
      app.query(
        `update exceptions set state = 'resolved', resolution = 'accepted', note = 'x', resolved_by = $2, resolved_at = now() where id = $1`,
        [id, by],
      );
    for (const id of [exceptionId, byLine])
      for (const hand of [...hands, paid.agentId]) {
        await refused('exceptions_resolved_by_another', resolve(id, hand));
        await refused('exceptions_resolved_by_another', propose(stage, id, hand));
      }
    await resolve(byLine, newId());
    const rewriting = app.query('update exceptions set resolved_by = $2 where id = $1', [byLine, paid.agentId]);
    await refused('exceptions_resolved_by_another', rewriting);
    const proposal = await propose(stage, exceptionId, newId());
    for (const hand of [...hands, paid.agentId]) await refused('exceptions_resolved_by_another', approve(stage, proposal, hand));
  },
  async exceptions_owned_by_another(stage) {
    const { app, paid, hands } = stage;
    const { exceptionId, byLine } = await twoExceptions(stage);
    const give = (id: string, to: string) => app.query('update exceptions set owner_id = $2 where id = $1', [id, to]);
    for (const id of [exceptionId, byLine])
      for (const hand of [...hands, paid.agentId]) await refused('exceptions_owned_by_another', give(id, hand));
    await refused('exceptions_owned_by_another', twoExceptions(stage, paid.agentId));
    await give(exceptionId, newId());
  },
  async exception_decisions_two_people(stage) {
    const { exceptionId } = await twoExceptions(stage);
    const by = newId();
    await refused('exception_decisions_two_people', approve(stage, await propose(stage, exceptionId, by), by));
  },
} satisfies Partial<Attacks>;
