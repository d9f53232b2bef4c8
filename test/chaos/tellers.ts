import { randomUUID } from 'node:crypto';

/** Somebody behind a counter. */
export interface Teller {
  readonly officeId: string;
  readonly token: string;
}

/** A voucher whose code has arrived on somebody's telephone. */
export interface Arrived {
  readonly serial: string;
  readonly code: string;
}

/** What the counters know in the end. */
export interface Ledger {
  /** The pay-out that each serial was acknowledged as; nobody may hear of two. */
  readonly acknowledged: Map<string, string>;
  /** Serials of which two different pay-outs were acknowledged, which must stay empty. */
  readonly contradicted: Set<string>;
  /** Refusals that are none of the network's, by code. */
  readonly refused: Map<string, number>;
  requests: number;
  repeats: number;
  replays: number;
}

export const emptyLedger = (): Ledger => ({
  acknowledged: new Map(),
  contradicted: new Set(),
  refused: new Map(),
  requests: 0,
  repeats: 0,
  replays: 0,
});

/** How long a counter waits for an answer before it asks again. */
const PATIENCE_MS = 2_000;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What somebody else has asked for meanwhile, or what the network has done to the request: ask again under the same key. */
const passing = new Set(['busy', 'in_progress', 'internal_error', 'not_recorded', 'voucher_not_active']);

type Answer = { readonly status: number; readonly body: { readonly id?: string; readonly code?: string } };

/**
 * Pays a voucher out as a counter on a bad line does: asks under one key until there is an answer, and hands over cash after nothing but a 201.
 * @returns the pay-out, or the code of a refusal
 */
async function payOut(
  address: string,
  teller: Teller,
  { serial, code }: Arrived,
  ledger: Ledger,
  isOver: () => boolean,
): Promise<Answer['body']> {
  const key = randomUUID();
  const body = JSON.stringify({
    officeId: teller.officeId,
    locator: { serial },
    code,
    documentType: 'passport',
    documentLastFour: serial.slice(-4),
  });
  for (let tries = 0; !isOver(); tries += 1) {
    ledger.requests += 1;
    if (tries > 0) ledger.repeats += 1;
    const answer = await ask(address, teller, key, body);
    if (answer && answer.status === 201) {
      // Now and then the cashier does not believe it, and asks once more.
      if (ledger.requests % 5 === 0) await replay(address, teller, key, body, serial, answer, ledger);
      return answer.body;
    }
    if (answer && answer.status < 500 && !passing.has(answer.body.code ?? '')) return answer.body;
    await pause(30 + Math.random() * 120);
  }
  return { code: 'gave_up' };
}

async function ask(address: string, { token }: Teller, key: string, body: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${address}/v1/payouts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  } catch {
    return undefined; // nobody knows what became of it
  }
}

async function replay(
  address: string,
  teller: Teller,
  key: string,
  body: string,
  serial: string,
  first: Answer,
  ledger: Ledger,
): Promise<void> {
  ledger.replays += 1;
  const again = await ask(address, teller, key, body);
  if (again?.status === 201 && again.body.id !== first.body.id) ledger.contradicted.add(serial);
}

/**
 * Works at a counter until told that it is over: takes the next voucher that has arrived; every fourth is presented at two counters at once, of
 * which one may pay.
 */
export async function work(
  address: string,
  [here, there]: readonly [Teller, Teller],
  next: () => Arrived | undefined,
  ledger: Ledger,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const arrived = next();
    if (!arrived) {
      await pause(20);
      continue;
    }
    const counters = Number(arrived.serial.slice(0, 6)) % 4 === 0 ? [here, there] : [here];
    const answers = await Promise.all(counters.map((counter) => payOut(address, counter, arrived, ledger, isOver)));
    for (const { id, code } of answers) {
      const known = ledger.acknowledged.get(arrived.serial);
      if (id && known && known !== id) ledger.contradicted.add(arrived.serial);
      if (id) ledger.acknowledged.set(arrived.serial, id);
      else ledger.refused.set(code ?? '', (ledger.refused.get(code ?? '') ?? 0) + 1);
    }
  }
}
