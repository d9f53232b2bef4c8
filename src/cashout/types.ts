import type { components } from '../contract/api.ts';

/** A pay-out as it is shown. */
export type Payout = components['schemas']['Payout'];

/** What an agent sends to hand over cash. */
export type Redemption = components['schemas']['Redemption'];

/** How an agent finds a voucher. */
export type Locator = Redemption['locator'];
