import type { components } from '../contract/api.ts';

/** A pay-out as it is shown. */
export type Payout = components['schemas']['Payout'];

/** What an agent sends to hand over cash. */
export type Redemption = components['schemas']['Redemption'];

/** How an agent finds a voucher. */
export type Locator = Redemption['locator'];

/** What the post asks for its work in a period. */
export type PostFee = components['schemas']['PostFee'];

/** An invoice as finance records it. */
export type NewPostFee = components['schemas']['NewPostFee'];
