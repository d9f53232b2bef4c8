import type { components } from '../../contract/api.ts';
import { asReference, type Receipt } from './gateway.ts';
import { at, textAt } from './pointer.ts';

export type HttpReceipts = components['schemas']['HttpReceipts'];

const SECOND_MS = 1_000;
/** Receipts that one report may hold. */
const MOST = 1_000;

/** What a report says, as the settings read it. What it holds of other states, and what cannot be read, is passed over. */
export function httpReceipts(report: unknown, { list, reference, status, time, delivered, undelivered }: HttpReceipts): Receipt[] {
  const found = list === undefined ? [report] : at(report, list);
  return (Array.isArray(found) ? found.slice(0, MOST) : []).flatMap((element) => {
    const [name, said] = [asReference(textAt(element, reference)), textAt(element, status)];
    const meaning =
      said === undefined ? undefined : delivered.includes(said) ? 'delivered' : undelivered.includes(said) ? 'undelivered' : undefined;
    if (!name || !meaning) return [];
    return [{ reference: name, status: meaning, at: time === undefined ? undefined : momentIn(textAt(element, time)) }];
  });
}

/** A moment as RFC 3339, or as seconds or milliseconds since 1970. */
function momentIn(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{10,13}$/.test(text) ? Number(text) * (text.length > 11 ? 1 : SECOND_MS) : Date.parse(text);
  return Number.isFinite(number) ? new Date(number) : undefined;
}
