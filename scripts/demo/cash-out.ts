import { randomUUID } from 'node:crypto';
import type { ItemOf } from '../support/api-client.ts';
import { GRANT, type ReleasedList } from './pay.ts';
import { inbox, type Received } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Member } from './staff.ts';
import type { Stage } from './stage.ts';

const AGENTS = 6;
/** People who do not come for their cash. */
const ABSENT = 12;

/** An agent behind a counter. */
interface Counter {
  readonly agent: Member;
  readonly office: ItemOf<'listOffices'>;
}

/** What happened at the counters. */
export interface CashedOut {
  readonly paid: number;
  /** Codes that nobody has brought. */
  readonly unused: readonly Received[];
  readonly counters: readonly Counter[];
}

/** Codes arrive by SMS, most are cashed out, and what should not work does not. */
export async function cashOut(stage: Stage, pilot: Pilot, list: ReleasedList, dataDir: string): Promise<CashedOut> {
  stage.chapter('Sending the codes by SMS');
  const received = await inbox(dataDir);
  const messages: Record<string, number> = {};
  for await (const { state } of pilot.finance.api.all('listMessages', { params: { listId: list.id } }))
    messages[state] = (messages[state] ?? 0) + 1;
  stage.say(`${received.length} messages accepted; ${messages['failed'] ?? 0} vouchers have no phone to send to and stay inactive.`);
  stage.check('every voucher has its message', received.length + (messages['failed'] ?? 0), list.lines);
  stage.check('each was delivered, as its receipt says', messages['delivered'], received.length);
  stage.check('each code is on one phone only once', new Set(received.map(({ serial }) => serial)).size, received.length);

  stage.chapter('Handing over cash at the post offices');
  const counters = await openCounters(pilot);
  const unused = received.slice(0, ABSENT);
  const coming = received.slice(ABSENT);
  const bar = stage.progress('pay-outs', coming.length);
  let paid = 0;
  await Promise.all(
    counters.map(async (counter, i) => {
      for (let n = i; n < coming.length; n += counters.length) {
        const payout = await counter.agent.api.call('redeemVoucher', redemption(counter, coming[n] as Received));
        if (payout.amount.amount !== GRANT) throw new Error(`a voucher paid ${payout.amount.amount}`);
        paid += 1;
        bar.to(paid);
      }
    }),
  );
  bar.end();
  stage.check('everybody who came was paid', paid, coming.length);
  await misuse(stage, counters, coming, unused);
  return { paid, unused, counters };
}

async function openCounters({ staff, administrator, offices }: Pilot): Promise<Counter[]> {
  const places = new Map(offices.map((office) => [office.wilayaNumber, office]));
  await staff.signInAgain(); // making accounts takes a fresh second factor
  const counters: Counter[] = [];
  // One after another: each waits for the next code of an authenticator, by a clock that all of them share.
  for (const office of [...places.values()].slice(0, AGENTS)) {
    counters.push({ office, agent: await staff.hire(administrator, 'agent', `Agent ${office.code}`, { officeId: office.id }) });
  }
  return counters;
}

/** One redemption as an agent types it. */
export function redemption({ office }: Counter, { serial, code }: Received, idempotencyKey: string = randomUUID()) {
  const body = { officeId: office.id, locator: { serial }, code, documentType: 'passport' as const, documentLastFour: serial.slice(-4) };
  return { body, idempotencyKey };
}

async function misuse(stage: Stage, counters: readonly Counter[], coming: readonly Received[], unused: readonly Received[]): Promise<void> {
  const [here, there] = counters;
  const [used] = coming;
  const victim = unused[0];
  if (!here || !there || !used || !victim) throw new Error('too few people in the story');
  const again = await there.agent.api.refusal('redeemVoucher', redemption(there, used));
  stage.check(
    'a used code pays nothing and says when and where it was paid',
    [again?.code, again?.['officeCode']],
    ['already_paid', here.office.code],
  );
  stage.say(`  “${again?.detail}”`);
  const key = randomUUID();
  const extra = unused[1] as Received;
  const twice = await Promise.all([1, 2, 3].map(() => here.agent.api.call('redeemVoucher', redemption(here, extra, key))));
  stage.check('a request repeated on a bad line is carried out once', new Set(twice.map(({ id }) => id)).size, 1);
  const mistyped = await here.agent.api.refusal('redeemVoucher', redemption(here, { ...victim, code: typo(victim.code) }));
  stage.check('a typing mistake is caught and costs nothing', mistyped?.code, 'code_mistyped');
  const answers: (string | undefined)[] = [];
  for (const { code } of coming.slice(1, 6))
    answers.push((await here.agent.api.refusal('redeemVoucher', redemption(here, { ...victim, code })))?.code);
  stage.check(
    'five wrong codes are refused',
    answers,
    Array.from({ length: 5 }, () => 'code_refused'),
  );
  const locked = await here.agent.api.refusal('redeemVoucher', redemption(here, victim));
  stage.check('and lock the voucher, even for the right one', locked?.code, 'voucher_locked');
}

const typo = (code: string): string => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);
