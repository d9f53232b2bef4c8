import type { Amount } from '../../assistance/index.ts';
import type { Limit } from '../../programmes/index.ts';

/** What refused a payment, as it is kept beside the reason: a programme that pays for the same, or a limit and what is used of it. */
export type Detail =
  | { readonly programmeId: string }
  | (Pick<Limit, 'per' | 'period'> & {
      /** Decimal text in the programme's currency, as is what is used. */
      readonly limit: string;
      /** What counts towards it without the payment. */
      readonly used: string;
    });

/** What refused a payment, as somebody may see it. A programme that they may not know is null. */
export type ShownDetail =
  | { readonly programme: { readonly id: string; readonly code: string } | null }
  | { readonly limit: Pick<Limit, 'per' | 'period'> & { readonly amount: Amount; readonly used: Amount } };
