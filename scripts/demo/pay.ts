import type { RequestBody } from '../../src/platform/index.ts';
import { pilotScorecard } from '../../src/seeding.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

export const GRANT = '15000.00';

/** The list that was released. */
export interface ReleasedList {
  readonly id: string;
  readonly lines: number;
}

/** A grant for everybody who is eligible; the list is built, signed by two and released by another. */
export async function pay(stage: Stage, { programmeId, fundId, programme, approvers, finance, auditor }: Pilot): Promise<ReleasedList> {
  stage.chapter('Planning a one-time grant for everybody who qualifies');
  const definition = (await pilotScorecard()) as RequestBody<'createScorecard'>['definition'];
  const scorecard = await programme.api.call('createScorecard', { params: { programmeId }, body: { definition } });
  const eligible = await assess(stage, programme, scorecard.id);
  const dueOn = new Date().toISOString().slice(0, 10);
  const plan = await programme.api.call('createPlan', {
    params: { programmeId },
    body: {
      kind: 'one_time_grant',
      name: 'Food and rent',
      purpose: 'food_and_rent',
      amountRule: { rule: 'fixed', amount: GRANT },
      dueOn,
      scorecardId: scorecard.id,
    },
  });
  stage.check('each eligible person is owed one grant', plan.entitled, eligible);

  stage.chapter('Building, signing and releasing the payment list');
  const source = { planIds: [plan.id], fundIds: [fundId] };
  const preview = await programme.api.call('previewPaymentList', { params: { programmeId }, body: source });
  const list = await programme.api.call('buildPaymentList', { params: { programmeId }, body: { ...source, name: 'Food and rent 1' } });
  stage.say(`${list.lineCount} lines, ${list.total.amount} ${list.total.currency}. Left out, with reasons:`);
  stage.show(list.leftOut.map(({ reason, people }) => [reason, String(people)]));
  stage.check('the preview said the same', [preview.lines, preview.total], [list.lineCount, list.total]);
  const leftOut = list.leftOut.reduce((sum, { people }) => sum + people, 0);
  stage.check('nobody is lost between plan and list', list.lineCount + leftOut, plan.entitled);
  const params = { listId: list.id };
  await programme.api.call('submitPaymentList', { params });
  const { digest } = await approvers[0].api.call('getPaymentList', { params });
  stage.say(`Submitted and frozen: SHA-256 ${digest?.slice(0, 16)}…`);
  const body = { digest: digest ?? '' };
  const own = await programme.api.refusal('approvePaymentList', { params, body });
  stage.check('who built it cannot approve it', own?.code, 'separation_of_duties');
  await approvers[0].api.call('approvePaymentList', { params, body });
  const early = await finance.api.refusal('releasePaymentList', { params });
  stage.check('one signature of two does not release it', early !== null, true);
  const approved = await approvers[1].api.call('approvePaymentList', { params, body });
  stage.check('two signatures approve it', approved.state, 'approved');
  const released = await finance.api.call('releasePaymentList', { params });
  const lines = released.byState.find(({ state }) => state === 'released')?.lines ?? 0;
  stage.check('finance releases every line', [released.state, lines], ['released', list.lineCount]);
  const hands = new Set<string>();
  for await (const { actorId } of auditor.api.all('listAuditEvents', { query: { subjectId: list.id } })) hands.add(actorId);
  stage.check('four different people had a hand in it', hands.size, 4);
  return { id: list.id, lines };
}

/** Everybody is assessed in the background. @returns how many are eligible */
async function assess(stage: Stage, programme: Pilot['programme'], scorecardId: string): Promise<number> {
  let run = await programme.api.call('assessProgramme', { params: { scorecardId } });
  while (run.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 200));
    run = await programme.api.call('getAssessmentRun', { params: { runId: run.id } });
  }
  const counts = new Map<string, number>();
  for (const { to, people } of run.moves) {
    const name = to.outcome === 'eligible' ? `eligible, ${to.tier}` : to.outcome.replaceAll('_', ' ');
    counts.set(name, (counts.get(name) ?? 0) + people);
  }
  stage.say(`${run.people} assessed:`);
  stage.show([...counts].sort().map(([name, people]) => [name, String(people)]));
  const sum = [...counts.values()].reduce((total, people) => total + people, 0);
  stage.check('everybody got an answer', [run.state, sum, run.people], ['done', run.expected, run.expected]);
  return run.moves.filter(({ to }) => to.outcome === 'eligible').reduce((total, { people }) => total + people, 0);
}
