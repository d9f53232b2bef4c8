import { Money, type ResponseBody } from '../../src/platform/index.ts';
import { GRANT } from './pay.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

const grants = (count: number): string => Money.of(GRANT, 'DZD').times(count).toString();

/** What the story knows of a list. */
interface Known {
  readonly listId: string;
  readonly released: number;
  readonly paid: number;
  /** Codes that are good, or will be. */
  readonly live: number;
}

/** The operations views of a list say what the story knows of it. */
export async function viewFigures(stage: Stage, { programmeId, finance }: Pilot, when: string, known: Known): Promise<void> {
  const ask = { params: { programmeId }, query: { listId: known.listId } };
  const { rows } = await finance.api.call('getFunnel', ask);
  const reached = rows.filter(({ outcome, payments }) => outcome === 'reached' && payments !== null);
  stage.say(`The funnel ${when}:`);
  stage.show(reached.map(({ step, payments, amount }) => [step, String(payments), `${amount} DZD`]));
  const of = (name: Row['step']) => reached.filter(({ step }) => step === name).map(({ payments, amount }) => [payments, amount]);
  stage.check(
    `${known.released} released, ${known.paid} paid`,
    [of('released'), of('paid')],
    [[[known.released, grants(known.released)]], [[known.paid, grants(known.paid)]]],
  );
  const unpaid = (await finance.api.call('getUnpaidCodes', ask)).rows;
  const codes = unpaid.reduce((sum, row) => sum + row.codes, 0);
  stage.check(`${known.live} codes wait to be paid`, codes, known.live);
}

type Row = ResponseBody<'getFunnel'>['rows'][number];
